-- The tables of qrhook-postgres, schema version 1. PostgreSQL 12 or newer.
--
-- PostgresStore::connect makes them by itself. To make them with your own migrations, run this file in one
-- transaction in READ COMMITTED and turn that off (PostgresOptions::with_migration). It can be run again. The names are found through the
-- search_path. The store then needs these rights:
--
--   GRANT SELECT, INSERT, UPDATE, DELETE ON qrhook_event TO the_program;
--   GRANT SELECT ON qrhook_schema TO the_program;

-- Several programs may start at once. The number is `qrhook` in ASCII.
SELECT pg_advisory_xact_lock(124736192343915);

-- One row for each event. `until` ends a claim's lease, or the retention when the event is done. `forget` is where a
-- sweep begins to look: the retention counted from the claim, so that a late commit still finds a claim whose lease is
-- over. A commit moves `done` and `until` alone, which are in no index, and every page has room for it from the start: it
-- touches no index, and needs no new page, so that it works when the table cannot grow.
CREATE TABLE IF NOT EXISTS qrhook_event (
    key bytea NOT NULL PRIMARY KEY,
    owner bytea NOT NULL,
    done boolean NOT NULL,
    until timestamptz NOT NULL,
    forget timestamptz NOT NULL,
    occurrence integer NOT NULL
) WITH (fillfactor = 50);

CREATE INDEX IF NOT EXISTS qrhook_event_forget ON qrhook_event (forget);

-- One row for each version that was reached. A program refuses tables that are newer than it knows.
CREATE TABLE IF NOT EXISTS qrhook_schema (
    version integer NOT NULL PRIMARY KEY
);

INSERT INTO qrhook_schema (version) VALUES (1) ON CONFLICT DO NOTHING;
