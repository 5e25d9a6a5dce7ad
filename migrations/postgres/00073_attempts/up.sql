-- One row for each request to a provider. A discussion's deletion does not undo what it cost.
CREATE TABLE attempts (
    id BIGSERIAL NOT NULL PRIMARY KEY,
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
    cost_usd DOUBLE PRECISION,
    -- What limits reckon with: the same, or an assumed price.
    reckoned_usd DOUBLE PRECISION NOT NULL,
    duration_ms BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX attempts_user ON attempts (user_id, ended_at);
CREATE INDEX attempts_discussion ON attempts (discussion_id);
CREATE INDEX attempts_time ON attempts (ended_at);
