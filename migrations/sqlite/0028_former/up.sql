-- Whoever said something and left the table is kept with their card: they can be read, exported, and spoken again.
ALTER TABLE participants ADD COLUMN gone BOOLEAN NOT NULL DEFAULT FALSE;
