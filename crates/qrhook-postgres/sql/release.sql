-- Gives a claim back.
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
    -- It was another's, or was settled, after this statement began. To be asked again.
    WHEN (SELECT held FROM found) THEN 'changed'
    ELSE 'lost'
END
