-- The earlier part of a long discussion in short, each version beside those before.
CREATE TABLE recaps (
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    -- It covers the messages up to here,
    position BIGINT NOT NULL,
    -- as they were at this number: one that has changed since makes it void.
    seq BIGINT NOT NULL,
    text TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (discussion_id, version)
);
