ALTER TABLE discussions DROP COLUMN lesson;
ALTER TABLE discussions DROP COLUMN rehearsal;
