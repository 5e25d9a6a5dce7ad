-- The archive is read without the many that are not in it.
CREATE INDEX discussions_archived ON discussions (owner_id, updated_at DESC, id DESC) WHERE archived_at IS NOT NULL;

-- ChatLab has cut and folded the words: blanks part them, everything else belongs to them. Only whether a text has a word is
-- asked, never where, and beginnings of words are looked up rather than gathered.
DROP TRIGGER texts_inserted;
DROP TRIGGER texts_deleted;
DROP TABLE texts_index;
CREATE VIRTUAL TABLE texts_index USING fts5 (
    folded, content = 'texts', content_rowid = 'id', tokenize = 'ascii', detail = 'none', prefix = '1 2 3 4 5'
);
-- What is deleted is gone from the file.
INSERT INTO texts_index (texts_index, rank) VALUES ('secure-delete', 1);
INSERT INTO texts_index (texts_index) VALUES ('rebuild');
CREATE TRIGGER texts_inserted AFTER INSERT ON texts BEGIN
    INSERT INTO texts_index (rowid, folded) VALUES (new.id, new.folded);
END;
CREATE TRIGGER texts_deleted AFTER DELETE ON texts BEGIN
    INSERT INTO texts_index (texts_index, rowid, folded) VALUES ('delete', old.id, old.folded);
END;
