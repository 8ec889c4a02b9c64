-- Records a claimed event as handled.
-- $1 key, $2 owner, $3 retention in microseconds
WITH found AS MATERIALIZED (
    SELECT done FROM qrhook_event WHERE key = $1::bytea AND owner = $2::bytea
),
-- Acknowledged commits must be on disk.
durable AS MATERIALIZED (
    SELECT CASE
        WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true)
    END
),
settled AS (
    UPDATE qrhook_event SET done = true, until = clock_timestamp() + $3::bigint * interval '1 microsecond'
    FROM durable
    WHERE key = $1::bytea AND owner = $2::bytea AND NOT done
    RETURNING key
)
SELECT CASE
    WHEN EXISTS (SELECT FROM settled) THEN 'settled'
    WHEN NOT EXISTS (SELECT FROM found) THEN 'lost'
    WHEN (SELECT done FROM found) THEN 'settled'
    -- The record changed owner or was settled after this statement began. The caller runs the statement again.
    ELSE 'changed'
END
