CREATE TABLE characters (
    id TEXT NOT NULL PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    card TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX characters_owner ON characters (owner_id, created_at, id);

-- What each one would likely say to a topic. By user, so that deleting a user leaves nothing of their topics.
CREATE TABLE perspectives (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    character_id TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, digest, character_id)
);
CREATE INDEX perspectives_age ON perspectives (created_at);
