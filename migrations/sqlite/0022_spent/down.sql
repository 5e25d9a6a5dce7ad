-- What is nobody's any more has no place in the old table.
CREATE TABLE attempts_new (
    id INTEGER NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    discussion_id TEXT,
    message_id TEXT,
    purpose TEXT NOT NULL DEFAULT 'turn',
    -- The first attempt of what counts as a turn: limits count those.
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
INSERT INTO attempts_new
    SELECT id, user_id, discussion_id, message_id, purpose, first, provider, model, input_tokens, cache_read_tokens,
        cache_write_tokens, output_tokens, estimated, cost_usd, reckoned_usd, duration_ms, outcome, ended_at
    FROM attempts WHERE user_id IS NOT NULL;
DROP TABLE attempts;
ALTER TABLE attempts_new RENAME TO attempts;
CREATE INDEX attempts_user ON attempts (user_id, ended_at);
CREATE INDEX attempts_discussion ON attempts (discussion_id);
CREATE INDEX attempts_time ON attempts (ended_at);
CREATE INDEX attempts_message ON attempts (message_id);
