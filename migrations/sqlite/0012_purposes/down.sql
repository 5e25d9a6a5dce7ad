-- What was asked outside turns has no place in the old table. Its text is the old one's, so that it is the same again.
ALTER TABLE attempts RENAME TO attempts_new;
DROP INDEX attempts_user;
DROP INDEX attempts_discussion;
DROP INDEX attempts_time;
DROP INDEX attempts_message;
CREATE TABLE attempts (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    discussion_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    -- The first attempt of its turn: limits count turns.
    first BOOLEAN NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    input_tokens BIGINT NOT NULL,
    cache_read_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    estimated BOOLEAN NOT NULL,
    -- By the price list; null where it does not name the model.
    cost_usd DOUBLE,
    -- What limits reckon with: the same, or an assumed price.
    reckoned_usd DOUBLE NOT NULL,
    duration_ms BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    ended_at BIGINT NOT NULL
);
INSERT INTO attempts
    SELECT id, user_id, discussion_id, message_id, first, provider, model, input_tokens, cache_read_tokens,
        cache_write_tokens, output_tokens, estimated, cost_usd, reckoned_usd, duration_ms, outcome, ended_at
    FROM attempts_new WHERE discussion_id IS NOT NULL AND message_id IS NOT NULL;
DROP TABLE attempts_new;
CREATE INDEX attempts_user ON attempts (user_id, ended_at);
CREATE INDEX attempts_discussion ON attempts (discussion_id);
CREATE INDEX attempts_time ON attempts (ended_at);
