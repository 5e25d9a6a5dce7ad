ALTER TABLE message_versions DROP COLUMN struck_at;
ALTER TABLE message_versions DROP COLUMN reason;
ALTER TABLE message_versions DROP COLUMN kind;
ALTER TABLE discussions DROP COLUMN forked_message;
ALTER TABLE discussions DROP COLUMN forked_discussion;
ALTER TABLE discussions DROP COLUMN archived_at;
ALTER TABLE discussions DROP COLUMN level;
ALTER TABLE discussions DROP COLUMN length;
