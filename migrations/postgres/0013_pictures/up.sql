-- The text of the card that a character came from: what ChatLab does not understand goes out again as it came.
ALTER TABLE characters ADD COLUMN source TEXT;

-- One for each character. Whoever knows the id sees the picture.
CREATE TABLE pictures (
    id TEXT NOT NULL PRIMARY KEY,
    character_id TEXT NOT NULL UNIQUE REFERENCES characters (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    jpeg BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
