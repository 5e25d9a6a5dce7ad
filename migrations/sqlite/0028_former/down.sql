ALTER TABLE participants DROP COLUMN gone;
