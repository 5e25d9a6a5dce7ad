-- 'owner': whoever opened the owner's link first.
ALTER TABLE users ADD COLUMN role TEXT NOT NULL DEFAULT 'user';

-- Who somebody is at a provider of sign-in. The tenant is empty where a provider has none.
CREATE TABLE identities (
    provider TEXT NOT NULL,
    tenant TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (provider, tenant, subject)
);
CREATE INDEX identities_user ON identities (user_id);

-- Links that open something once: a confirmed address, a new password, an account.
CREATE TABLE links (
    token_hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    uses_left INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX links_user ON links (user_id, kind);
CREATE INDEX links_expiry ON links (expires_at);

CREATE TABLE api_tokens (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX api_tokens_user ON api_tokens (user_id, created_at);

-- What admins took away. It outlives the account of whoever did, without their name.
CREATE TABLE admin_actions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT REFERENCES users (id) ON DELETE SET NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX admin_actions_user ON admin_actions (user_id);

-- Deleted users whose tokens somebody else signed: those count no more, though their time is not over.
CREATE TABLE closed_users (
    user_hash TEXT NOT NULL PRIMARY KEY,
    closed_at BIGINT NOT NULL
);
