ALTER TABLE message_versions DROP COLUMN prompt_version;
