DROP INDEX discussions_archived;
DROP TRIGGER texts_inserted;
DROP TRIGGER texts_deleted;
DROP TABLE texts_index;
CREATE VIRTUAL TABLE texts_index USING fts5 (
    folded, content = 'texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
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
