ALTER TABLE logins DROP COLUMN began_at;
ALTER TABLE logins DROP COLUMN device;
