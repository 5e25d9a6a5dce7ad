ALTER TABLE discussions ADD COLUMN length TEXT NOT NULL DEFAULT 'normal';
ALTER TABLE discussions ADD COLUMN level TEXT NOT NULL DEFAULT 'adult';
ALTER TABLE discussions ADD COLUMN archived_at BIGINT;
-- Names only: the discussion it came from may be deleted.
ALTER TABLE discussions ADD COLUMN forked_discussion TEXT;
ALTER TABLE discussions ADD COLUMN forked_message TEXT;

ALTER TABLE message_versions ADD COLUMN kind TEXT NOT NULL DEFAULT 'said';
ALTER TABLE message_versions ADD COLUMN reason TEXT;
ALTER TABLE message_versions ADD COLUMN struck_at BIGINT;
