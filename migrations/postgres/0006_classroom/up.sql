-- What the host has set up for the class: the rules and the stage, as JSON.
CREATE TABLE classrooms (
    discussion_id TEXT NOT NULL PRIMARY KEY REFERENCES discussions (id) ON DELETE CASCADE,
    setup TEXT NOT NULL
);

-- Those that were asked or dismissed stay, so that a repeated command asks nothing again.
CREATE TABLE questions (
    id TEXT NOT NULL PRIMARY KEY,
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    watcher_id TEXT NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX questions_discussion ON questions (discussion_id, status, created_at);

CREATE TABLE question_votes (
    question_id TEXT NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    watcher_id TEXT NOT NULL,
    PRIMARY KEY (question_id, watcher_id)
);

-- How many of the class wanted a question asked that became this message.
ALTER TABLE messages ADD COLUMN votes BIGINT;
