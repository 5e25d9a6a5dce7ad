-- What was spent stays counted when whoever spent it is deleted: without a name, and without what it was about.
ALTER TABLE attempts DROP CONSTRAINT attempts_user_id_fkey;
ALTER TABLE attempts ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE attempts ADD CONSTRAINT attempts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL;
