ALTER TABLE message_versions DROP COLUMN words_of;
