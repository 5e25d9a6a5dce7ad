-- The version of the prompts that a model was asked with; null: nobody was asked, or nobody wrote it down then.
ALTER TABLE message_versions ADD COLUMN prompt_version INTEGER;
