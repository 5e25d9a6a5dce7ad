ALTER TABLE messages DROP COLUMN votes;
DROP TABLE question_votes;
DROP TABLE questions;
DROP TABLE classrooms;
