-- The older version writes them its own way.
DELETE FROM texts WHERE discussion_id IN (
    SELECT discussion_id FROM texts WHERE folded ~ '[\u0e01-\u0eff\u1780-\u17ff\u3005-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]'
);
