-- Claims an event.
-- $1 key, $2 owner, $3 lease and $4 retention in microseconds, $5 occurrence
WITH moment AS MATERIALIZED (
    SELECT clock_timestamp() AS now
),
found AS MATERIALIZED (
    SELECT owner, done, occurrence FROM qrhook_event, moment WHERE key = $1::bytea AND until > now
),
-- A live record is only read. Otherwise one claim at a time gets the lock, and a second one does not wait for it.
place AS MATERIALIZED (
    SELECT now, CASE
        WHEN EXISTS (SELECT FROM found) THEN false
        ELSE pg_try_advisory_xact_lock(('x' || encode(substring($1::bytea FROM 1 FOR 8), 'hex'))::bit(64)::bigint)
    END AS free
    FROM moment
),
taken AS (
    INSERT INTO qrhook_event AS event (key, owner, done, until, forget, occurrence)
    SELECT $1::bytea, $2::bytea, false, now + $3::bigint * interval '1 microsecond',
        now + $4::bigint * interval '1 microsecond', $5::integer
    FROM place WHERE free
    ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, done = excluded.done, until = excluded.until,
        forget = excluded.forget, occurrence = excluded.occurrence
    WHERE event.until <= clock_timestamp()
    RETURNING key
)
SELECT CASE
    WHEN EXISTS (SELECT FROM taken) THEN 'acquired'
    WHEN found.done AND found.occurrence = $5::integer THEN 'duplicate'
    WHEN found.done THEN 'conflict'
    -- The same claim, repeated because its first reply was lost.
    WHEN found.owner = $2::bytea THEN 'acquired'
    WHEN found.owner IS NOT NULL THEN 'in flight'
    -- The record was made after this statement began. The caller runs the statement again.
    WHEN place.free THEN 'changed'
    ELSE 'in flight'
END
FROM place LEFT JOIN found ON true
