-- Why a version was written, once its reason is why it was struck.
ALTER TABLE message_versions ADD COLUMN earlier_reason TEXT;
