-- Deletes some expired records, except those that other transactions have locked.
-- $1 the maximum number
WITH over AS MATERIALIZED (
    SELECT key FROM qrhook_event
    WHERE forget <= (SELECT clock_timestamp()) AND until <= (SELECT clock_timestamp())
    ORDER BY forget LIMIT $1::bigint
    FOR UPDATE SKIP LOCKED
),
forgotten AS (
    DELETE FROM qrhook_event USING over WHERE qrhook_event.key = over.key
    RETURNING qrhook_event.key
)
SELECT count(*) FROM forgotten
