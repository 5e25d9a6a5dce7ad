-- Spoken by the demo voices, whatever is set up.
ALTER TABLE discussions ADD COLUMN rehearsal BOOLEAN NOT NULL DEFAULT FALSE;
-- The lesson it follows, with what the host means to say: JSON, for the owner alone.
ALTER TABLE discussions ADD COLUMN lesson TEXT;
