-- What is nobody's any more has no place in the old table.
DELETE FROM attempts WHERE user_id IS NULL;
ALTER TABLE attempts DROP CONSTRAINT attempts_user_id_fkey;
ALTER TABLE attempts ALTER COLUMN user_id SET NOT NULL;
ALTER TABLE attempts ADD CONSTRAINT attempts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
