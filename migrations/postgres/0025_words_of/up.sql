-- The model whose words a version took over: of a fork, an edit, a continuation. What it used is counted where it was said.
ALTER TABLE message_versions ADD COLUMN words_of TEXT;
