-- What somebody is shown of their logins: the kind of device and browser, in ChatLab's own few words, and since when.
ALTER TABLE logins ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE logins ADD COLUMN began_at BIGINT NOT NULL DEFAULT 0;
UPDATE logins SET began_at = (SELECT MIN(first.created_at) FROM logins AS first WHERE first.family_id = logins.family_id);
