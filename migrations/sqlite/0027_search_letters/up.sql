-- Scripts that put no blanks between words are searched letter by letter: the discussions that have some are written anew at the
-- next start.
DELETE FROM texts WHERE discussion_id IN (
    SELECT discussion_id FROM texts WHERE folded GLOB '*['
        || char(3585) || '-' || char(3839)
        || char(6016) || '-' || char(6143)
        || char(12293) || '-' || char(12543)
        || char(12784) || '-' || char(12799)
        || char(13312) || '-' || char(40959)
        || char(63744) || '-' || char(64255)
        || char(65382) || '-' || char(65439)
        || char(131072) || '-' || char(262143)
        || ']*'
);
