-- What can be searched: each discussion's head (no message) and each message in its current version, without case and
-- diacritics. The texts that were there before are written at the first start.
-- The words are cut by ChatLab, the same for both databases, so neither a parser nor an extension is needed here.
CREATE TABLE texts (
    id BIGSERIAL NOT NULL PRIMARY KEY,
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    message_id TEXT REFERENCES messages (id) ON DELETE CASCADE,
    author_id TEXT,
    folded TEXT NOT NULL,
    words TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(folded, ' '))) STORED
);
CREATE INDEX texts_discussion ON texts (discussion_id, message_id);
CREATE UNIQUE INDEX texts_message ON texts (message_id);
CREATE INDEX texts_words ON texts USING gin (words);
