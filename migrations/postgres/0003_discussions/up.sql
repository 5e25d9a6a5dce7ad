-- Messages are never removed one by one, so their number is also the last position.
CREATE TABLE discussions (
    id TEXT NOT NULL PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    topic TEXT NOT NULL,
    title TEXT NOT NULL,
    turn_order TEXT NOT NULL,
    floor TEXT NOT NULL,
    last_seq BIGINT NOT NULL,
    message_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX discussions_owner ON discussions (owner_id, updated_at DESC, id DESC);

CREATE TABLE participants (
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    character_id TEXT NOT NULL,
    card TEXT NOT NULL,
    muted BOOLEAN NOT NULL,
    PRIMARY KEY (discussion_id, position),
    UNIQUE (discussion_id, character_id)
);

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    author_kind TEXT NOT NULL,
    author_id TEXT,
    author_name TEXT NOT NULL,
    current_version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (discussion_id, position)
);
CREATE INDEX messages_seq ON messages (discussion_id, seq);

CREATE TABLE message_versions (
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    status TEXT NOT NULL,
    finish TEXT,
    error TEXT,
    provider TEXT,
    model TEXT,
    input_tokens BIGINT,
    cache_read_tokens BIGINT,
    cache_write_tokens BIGINT,
    output_tokens BIGINT,
    cost_usd DOUBLE PRECISION,
    usage_estimated BOOLEAN,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (message_id, version)
);
-- Few rows at any time: what a crash has cut off is found at once.
CREATE INDEX message_versions_streaming ON message_versions (message_id) WHERE status = 'streaming';

CREATE TABLE commands (
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (discussion_id, user_id, client_id)
);
CREATE INDEX commands_age ON commands (created_at);
CREATE INDEX commands_user ON commands (user_id);

CREATE TABLE summaries (
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (discussion_id, version)
);

CREATE TABLE shares (
    code TEXT NOT NULL PRIMARY KEY,
    discussion_id TEXT NOT NULL REFERENCES discussions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX shares_discussion ON shares (discussion_id);
CREATE INDEX shares_expiry ON shares (expires_at);
