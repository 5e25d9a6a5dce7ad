DROP TABLE pictures;
ALTER TABLE characters DROP COLUMN source;
