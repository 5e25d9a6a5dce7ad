-- What can be searched: each discussion's head (no message) and each message in its current version, without case and
-- diacritics. The texts that were there before are written at the first start.
CREATE TABLE texts (
    id INTEGER NOT NULL PRIMARY KEY,
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    message_id TEXT REFERENCES messages (id) ON DELETE CASCADE,
    author_id TEXT,
    folded TEXT NOT NULL
);
CREATE INDEX texts_discussion ON texts (discussion_id, message_id);
CREATE UNIQUE INDEX texts_message ON texts (message_id);

CREATE VIRTUAL TABLE texts_index USING fts5 (
    folded, content = 'texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
-- What is deleted is gone from the file.
INSERT INTO texts_index (texts_index, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER texts_inserted AFTER INSERT ON texts BEGIN
    INSERT INTO texts_index (rowid, folded) VALUES (new.id, new.folded);
END;
CREATE TRIGGER texts_deleted AFTER DELETE ON texts BEGIN
    INSERT INTO texts_index (texts_index, rowid, folded) VALUES ('delete', old.id, old.folded);
END;
