//! What a server has to be, and the tables in it.

use sqlx::{Connection, PgConnection};

use crate::error::ConnectError;

/// The tables as SQL, for people who run their own migrations: the file `schema.sql` of this crate.
pub const SCHEMA: &str = include_str!("../schema.sql");

/// The newest schema this version knows.
const VERSION: i32 = 1;

const INSPECT: &str = "
    SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
        current_setting('fsync')::boolean,
        to_regclass('qrhook_event') IS NOT NULL AND to_regclass('qrhook_schema') IS NOT NULL";

/// Of the tables that are found through the search path.
const MAY_USE: &str = "
    SELECT has_table_privilege('qrhook_event', 'SELECT') AND has_table_privilege('qrhook_event', 'INSERT')
        AND has_table_privilege('qrhook_event', 'UPDATE') AND has_table_privilege('qrhook_event', 'DELETE')
        AND has_table_privilege('qrhook_schema', 'SELECT')";

const COLUMNS: &str = "SELECT key, owner, done, until, forget, occurrence FROM qrhook_event LIMIT 0";

/// Looks whether a server can be the store, and makes the tables if they are missing and that is wanted.
pub(crate) async fn prepare(connection: &mut PgConnection, migrate: bool) -> Result<(), ConnectError> {
    let inspected: (bool, bool, bool) =
        sqlx::query_as(INSPECT).fetch_one(&mut *connection).await.map_err(ConnectError::from_server)?;
    let (read_only, fsync, tables) = inspected;
    if read_only {
        return Err(ConnectError::ReadOnly);
    }
    if !fsync {
        tracing::warn!(
            "the server runs with fsync=off: a crash of its machine may lose handled ids, or the whole database"
        );
    }
    if !tables {
        if !migrate {
            return Err(ConnectError::MissingTables);
        }
        create(connection).await.map_err(ConnectError::from_server)?;
    }
    check(connection).await
}

/// Several programs may start at once: whoever comes second waits for a lock in the file, finds the tables, and changes
/// nothing. In a stricter isolation it would not see them.
async fn create(connection: &mut PgConnection) -> sqlx::Result<()> {
    let mut transaction = connection.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    // Longer than a step.
    sqlx::raw_sql("SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '10s'")
        .execute(&mut *transaction)
        .await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
    transaction.commit().await
}

async fn check(connection: &mut PgConnection) -> Result<(), ConnectError> {
    let may_use: bool =
        sqlx::query_scalar(MAY_USE).fetch_one(&mut *connection).await.map_err(ConnectError::from_server)?;
    if !may_use {
        return Err(ConnectError::MissingPrivilege { source: None });
    }
    let found: Option<i32> = sqlx::query_scalar("SELECT max(version) FROM qrhook_schema")
        .fetch_one(&mut *connection)
        .await
        .map_err(ConnectError::from_server)?;
    match found {
        None => return Err(ConnectError::MissingTables),
        Some(found) if found > VERSION => return Err(ConnectError::NewerSchema { found, known: VERSION }),
        Some(_) => {}
    }
    // Somebody else's table of the same name.
    sqlx::query(COLUMNS).execute(connection).await.map_err(ConnectError::from_server)?;
    Ok(())
}
