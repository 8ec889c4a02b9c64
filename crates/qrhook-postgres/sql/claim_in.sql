-- Claims an event inside a transaction, and records it as handled when the transaction commits.
-- $1 key (16 bytes), $2 lease and $3 retention in microseconds, $4 occurrence (32 bits, as a signed integer)
WITH moment AS MATERIALIZED (
    SELECT clock_timestamp() AS now, current_setting('lock_timeout') AS lock_timeout
),
-- The owner of a record is the transaction that made it, so a transaction that claims twice finds its own record.
found AS MATERIALIZED (
    SELECT done, occurrence, coalesce(owner = int8send(txid_current_if_assigned()), false) AS ours
    FROM qrhook_event, moment WHERE key = $1::bytea AND until > now
),
-- A live record is only read. Otherwise one claim at a time gets the lock, and a second one does not wait for it.
place AS MATERIALIZED (
    SELECT now, CASE
        WHEN EXISTS (SELECT FROM found) THEN false
        ELSE pg_try_advisory_xact_lock(('x' || encode(substring($1::bytea FROM 1 FOR 8), 'hex'))::bit(64)::bigint)
    END AS free
    FROM moment
),
terms AS MATERIALIZED (
    SELECT now,
        -- Limits the wait for a row that another transaction has locked. Restored below.
        set_config('lock_timeout', '250ms', true),
        -- A program that dies or hangs inside its transaction holds the event no longer than its lease.
        CASE
            WHEN current_setting('idle_in_transaction_session_timeout')::interval = interval '0'
                OR current_setting('idle_in_transaction_session_timeout')::interval > $2::bigint * interval '1 microsecond'
            THEN set_config('idle_in_transaction_session_timeout',
                least(greatest($2::bigint / 1000, 1), 2147483647)::text, true)
        END,
        -- Acknowledged commits must be on disk.
        CASE
            WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true)
        END
    FROM place WHERE free
),
taken AS (
    INSERT INTO qrhook_event AS event (key, owner, done, until, forget, occurrence)
    SELECT $1::bytea, int8send(txid_current()), true, now + $3::bigint * interval '1 microsecond',
        now + $3::bigint * interval '1 microsecond', $4::integer
    FROM terms
    ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, done = excluded.done, until = excluded.until,
        forget = excluded.forget, occurrence = excluded.occurrence
    WHERE event.until <= clock_timestamp()
    RETURNING key
),
answer AS MATERIALIZED (
    SELECT CASE
        WHEN EXISTS (SELECT FROM taken) OR found.ours THEN 'acquired'
        WHEN found.done AND found.occurrence = $4::integer THEN 'duplicate'
        WHEN found.done THEN 'conflict'
        WHEN found.done IS NOT NULL THEN 'in flight'
        -- The record was made after this statement began. The caller runs the statement again.
        WHEN place.free THEN 'changed'
        ELSE 'in flight'
    END AS outcome
    FROM place LEFT JOIN found ON true
)
SELECT outcome, set_config('lock_timeout', lock_timeout, true) FROM answer, moment
