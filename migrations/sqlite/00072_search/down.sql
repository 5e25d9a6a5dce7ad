DROP TRIGGER texts_deleted;
DROP TRIGGER texts_inserted;
DROP TABLE texts_index;
DROP TABLE texts;
