ALTER TABLE message_versions DROP COLUMN earlier_reason;
