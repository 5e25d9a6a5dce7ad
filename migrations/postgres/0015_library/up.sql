-- The archive is read without the many that are not in it.
CREATE INDEX discussions_archived ON discussions (owner_id, updated_at DESC, id DESC) WHERE archived_at IS NOT NULL;
