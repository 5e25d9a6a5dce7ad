DROP INDEX attempts_message;
DELETE FROM attempts WHERE discussion_id IS NULL OR message_id IS NULL;
ALTER TABLE attempts ALTER COLUMN message_id SET NOT NULL;
ALTER TABLE attempts ALTER COLUMN discussion_id SET NOT NULL;
ALTER TABLE attempts DROP COLUMN purpose;
