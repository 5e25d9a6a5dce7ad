CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('guest', 'account')),
    name TEXT NOT NULL,
    email TEXT UNIQUE,
    email_confirmed_at BIGINT,
    password_hash TEXT,
    preferences TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);

-- One row for each refresh token ever given out in a login that still lives: a rotated one that comes back is a replay.
CREATE TABLE logins (
    token_hash TEXT NOT NULL PRIMARY KEY,
    family_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX logins_family ON logins (family_id);
CREATE INDEX logins_user ON logins (user_id);
CREATE INDEX logins_expiry ON logins (expires_at);

CREATE TABLE idempotency_keys (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    route TEXT NOT NULL,
    response TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, key, route)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- One row, written to find out whether writing works again after it failed.
CREATE TABLE heartbeats (
    id INTEGER NOT NULL PRIMARY KEY,
    beat_at BIGINT NOT NULL
);
INSERT INTO heartbeats (id, beat_at) VALUES (1, 0);
