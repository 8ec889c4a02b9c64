//! The tables of a file, and the check that the file belongs to this crate.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};

use crate::{clock::Mark, error::OpenError};

/// `qrhk` in ASCII, so that `file` and SQLite's own tools can identify a store.
const APPLICATION: i32 = 0x7172_686b;

/// The newest schema that this version supports.
const VERSION: i32 = 1;

/// `until` is the end of the lease (state 0) or of the retention (state 1). `forget` is the time from which a sweep
/// considers a row: the claim plus the retention, so that a late commit still finds a claim whose lease is over. A
/// commit changes `until`, which is not in an index. It rewrites the row in place, and so it works even when the file
/// is full.
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

/// Makes the file a store if it is not one yet, and returns the last mark of its clock.
pub(crate) fn prepare(connection: &mut Connection, path: &Path) -> Result<Option<Mark>, OpenError> {
    let of_sqlite = |error| OpenError::from_sqlite(path.to_owned(), error);
    if connection.is_readonly("main").map_err(of_sqlite)? {
        return Err(OpenError::refused(path.to_owned(), "SQLite could only open it for reading"));
    }
    // Checked before anything is written, so that the file of another application stays unchanged. In one transaction,
    // because another process may be creating the store at the same time.
    owned(&connection.transaction().map_err(of_sqlite)?, path)?;
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(of_sqlite)?;
    if mode != "wal" {
        return Err(OpenError::unusable(path.to_owned(), format!("the journal mode is {mode}, not WAL")));
    }
    // In WAL mode, anything less than FULL would lose acknowledged commits in a power cut. The other two are for macOS,
    // where fsync alone does not reach the disk.
    let durable = "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;";
    connection.execute_batch(durable).map_err(of_sqlite)?;
    // A log that grew beyond this size, because a reader kept it in use, is truncated when it starts over.
    let limit = "PRAGMA journal_size_limit = 8388608";
    connection.query_row(limit, [], |_| Ok(())).map_err(of_sqlite)?;

    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(of_sqlite)?;
    // Checked again, now that no other process can be creating the store.
    if !owned(&transaction, path)? {
        create(&transaction).map_err(of_sqlite)?;
    }
    let mark = mark(&transaction).map_err(of_sqlite)?;
    transaction.commit().map_err(of_sqlite)?;
    Ok(mark)
}

/// Returns whether the file is a store already, or an error if it is a file of another application.
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
