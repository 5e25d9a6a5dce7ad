-- The discussions of one character, to be looked through: where they are few, nothing else is read.
CREATE INDEX participants_character ON participants (character_id, discussion_id);
