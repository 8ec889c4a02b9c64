-- Releases a claim.
-- $1 key, $2 owner
WITH found AS MATERIALIZED (
    SELECT owner = $2::bytea AND NOT done AS held FROM qrhook_event WHERE key = $1::bytea
),
settled AS (
    DELETE FROM qrhook_event WHERE key = $1::bytea AND owner = $2::bytea AND NOT done
    RETURNING key
)
SELECT CASE
    WHEN EXISTS (SELECT FROM settled) THEN 'settled'
    WHEN NOT EXISTS (SELECT FROM found) THEN 'settled'
    -- The record changed owner or was settled after this statement began. The caller runs the statement again.
    WHEN (SELECT held FROM found) THEN 'changed'
    ELSE 'lost'
END
