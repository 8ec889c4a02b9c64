-- The tables of qrhook-postgres, schema version 1. PostgreSQL 12 or newer.
--
-- PostgresStore::connect creates them automatically. To create them with your own migrations, turn that off
-- (PostgresOptions::with_migration) and run this file in one READ COMMITTED transaction. It can be run again. The names
-- are found through the search_path. The store then needs these rights:
--
--   GRANT SELECT, INSERT, UPDATE, DELETE ON qrhook_event TO the_program;
--   GRANT SELECT ON qrhook_schema TO the_program;

-- A lock, because several programs may start at once. The number is `qrhook` in ASCII.
SELECT pg_advisory_xact_lock(124736192343915);

-- One row for each event. `until` is the end of the lease, or of the retention once the event is done. `forget` is the
-- time from which a sweep considers a row: the claim plus the retention, so that a late commit still finds a claim
-- whose lease is over. A commit changes only `done` and `until`, which are not in an index, and the fill factor leaves
-- room for it on every page. So a commit needs neither an index entry nor a new page, and works when the table cannot
-- grow.
CREATE TABLE IF NOT EXISTS qrhook_event (
    key bytea NOT NULL PRIMARY KEY,
    owner bytea NOT NULL,
    done boolean NOT NULL,
    until timestamptz NOT NULL,
    forget timestamptz NOT NULL,
    occurrence integer NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX IF NOT EXISTS qrhook_event_forget ON qrhook_event (forget);

-- One row for each version that was reached. A program refuses tables of a newer version than it supports.
CREATE TABLE IF NOT EXISTS qrhook_schema (
    version integer NOT NULL PRIMARY KEY
);

INSERT INTO qrhook_schema (version) VALUES (1) ON CONFLICT DO NOTHING;
