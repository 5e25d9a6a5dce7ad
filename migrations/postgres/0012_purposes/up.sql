-- What a request was for: turns are not all that is asked of a provider, and some is asked before there is a discussion.
ALTER TABLE attempts ADD COLUMN purpose TEXT NOT NULL DEFAULT 'turn';
ALTER TABLE attempts ALTER COLUMN discussion_id DROP NOT NULL;
ALTER TABLE attempts ALTER COLUMN message_id DROP NOT NULL;
CREATE INDEX attempts_message ON attempts (message_id);
