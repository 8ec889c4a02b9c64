//! The tables of a file, and whose file it is.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::{clock::Mark, error::OpenError};

/// `qrhk`, so that `file` and SQLite's own tools can tell whose a file is.
const APPLICATION: i32 = 0x7172_686b;

/// The newest schema this version knows.
const VERSION: i32 = 1;

/// `until` ends a lease (state 0) or a retention (state 1). `forget` is where a sweep begins to look: the retention
/// counted from the claim, so that a late commit still finds a claim whose lease is over. A commit moves `until` alone,
/// which is in no index: it rewrites a row in its place, and so it works in a file that is full.
const TABLES: &str = "
    CREATE TABLE event (
        key BLOB NOT NULL PRIMARY KEY,
        owner BLOB NOT NULL,
        state INTEGER NOT NULL,
        until INTEGER NOT NULL,
        forget INTEGER NOT NULL,
        occurrence INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX event_forget ON event (forget);
    CREATE TABLE clock (
        id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
        now INTEGER NOT NULL,
        wall INTEGER NOT NULL
    ) STRICT;
";

/// Makes a file a store, if it is not one yet, and says what its clock said last.
pub(crate) fn prepare(connection: &mut Connection, path: &Path) -> Result<Option<Mark>, OpenError> {
    let of_sqlite = |error| OpenError::from_sqlite(path.to_owned(), error);
    if connection.is_readonly("main").map_err(of_sqlite)? {
        return Err(OpenError::refused(path.to_owned(), "SQLite could only open it for reading"));
    }
    // Before anything is written: somebody else's file stays as it is. In one transaction, for another process may be
    // creating the store meanwhile.
    owned(&connection.transaction().map_err(of_sqlite)?, path)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(of_sqlite)?;
    if mode != "wal" {
        return Err(OpenError::unusable(path.to_owned(), format!("the journal mode is {mode}, not WAL")));
    }
    // FULL: in WAL mode, less would lose acknowledged commits with the power. The other two are for macOS, where
    // fsync alone does not reach the disk.
    let durable = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;";
    connection.execute_batch(durable).map_err(of_sqlite)?;
    // A log that grew beyond this, because somebody kept on reading it, is cut when it starts anew.
    let limit = "PRAGMA journal_size_limit = 8388608";
    connection.query_row(limit, [], |_| Ok(())).map_err(of_sqlite)?;

    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(of_sqlite)?;
    // Again, now that no other process can be creating it.
    if !owned(&transaction, path)? {
        create(&transaction).map_err(of_sqlite)?;
    }
    let mark = mark(&transaction).map_err(of_sqlite)?;
    transaction.commit().map_err(of_sqlite)?;
    Ok(mark)
}

/// Whether the file is a store already. An error when it is something else.
fn owned(transaction: &Transaction<'_>, path: &Path) -> Result<bool, OpenError> {
    let number = |sql| transaction.query_row(sql, [], |row| row.get::<_, i32>(0));
    let read = || {
        Ok((
            number("PRAGMA application_id")?,
            number("PRAGMA user_version")?,
            number("SELECT count(*) FROM sqlite_schema")?,
        ))
    };
    let (application_id, found, tables) = read().map_err(|error| OpenError::from_sqlite(path.to_owned(), error))?;
    match (application_id, tables) {
        (APPLICATION, _) if found > VERSION => {
            Err(OpenError::NewerSchema { path: path.to_owned(), found, known: VERSION })
        }
        (APPLICATION, _) => Ok(true),
        (0, 0) => Ok(false),
        _ => Err(OpenError::OtherApplication { path: path.to_owned(), application_id }),
    }
}

fn create(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.execute_batch(TABLES)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)
}

fn mark(connection: &Connection) -> rusqlite::Result<Option<Mark>> {
    let row = |row: &rusqlite::Row<'_>| Ok(Mark { now: row.get(0)?, wall: row.get(1)? });
    connection.query_row("SELECT now, wall FROM clock", [], row).optional()
}
