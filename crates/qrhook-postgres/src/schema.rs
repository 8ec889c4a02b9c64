//! The tables, and the check that a server can be the store.

use std::time::Duration;

use qrhook::store::{Claim, Key, Terms};
use sqlx::{Connection, PgConnection};

use crate::{
    error::{ConnectError, ServerError, is_full},
    steps,
};

/// The SQL that creates the tables, for your own migrations: the file `schema.sql` of this crate. See
/// [Your own migrations](crate#your-own-migrations).
pub const SCHEMA: &str = include_str!("../schema.sql");

/// The newest schema that this version supports.
const VERSION: i32 = 1;

const INSPECT: &str = "
    SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
        current_setting('fsync')::boolean,
        to_regclass('qrhook_event') IS NOT NULL AND to_regclass('qrhook_schema') IS NOT NULL";

/// Lists the rights that the user lacks on the tables in the search path.
const MISSING: &str = "
    SELECT string_agg(needed || ' on ' || name, ', ') FROM (VALUES
        ('SELECT', 'qrhook_event'), ('INSERT', 'qrhook_event'), ('UPDATE', 'qrhook_event'), ('DELETE', 'qrhook_event'),
        ('SELECT', 'qrhook_schema')
    ) AS rights (needed, name) WHERE NOT has_table_privilege(name, needed)";

const COLUMNS: &str = "SELECT key, owner, done, until, forget, occurrence FROM qrhook_event LIMIT 0";

/// Checks that a server can be used as a store, and creates missing tables if the migration is on.
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

/// Creates the tables. Several programs may start at once: the second one waits for the lock that `schema.sql` takes,
/// finds the tables, and changes nothing. Under a stricter isolation it would not see them.
async fn create(connection: &mut PgConnection) -> sqlx::Result<()> {
    let mut transaction = connection.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    // Longer than the limits of a step.
    sqlx::raw_sql("SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '10s'")
        .execute(&mut *transaction)
        .await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
    transaction.commit().await
}

async fn check(connection: &mut PgConnection) -> Result<(), ConnectError> {
    let missing: Option<String> =
        sqlx::query_scalar(MISSING).fetch_one(&mut *connection).await.map_err(ConnectError::from_server)?;
    if let Some(missing) = missing {
        return Err(ConnectError::MissingPrivilege { source: ServerError::new(format!("the user lacks {missing}")) });
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
    // Fails if the table is an unrelated one of the same name.
    sqlx::query(COLUMNS).execute(&mut *connection).await.map_err(ConnectError::from_server)?;
    rehearse(connection).await
}

/// Runs every step in a transaction that is rolled back. Row-level policies, triggers and the rights to functions also
/// decide whether the user may take a step, and only running the statements shows that.
async fn rehearse(connection: &mut PgConnection) -> Result<(), ConnectError> {
    let claim =
        nobodys_claim().map_err(|error| ConnectError::Unusable { source: ServerError::new(error.to_string()) })?;
    let mut transaction = connection.begin().await.map_err(ConnectError::from_server)?;
    let rehearsed = take_steps(&mut transaction, &claim).await;
    transaction.rollback().await.map_err(ConnectError::from_server)?;
    match rehearsed {
        Ok(true) => Ok(()),
        Ok(false) => {
            let source =
                ServerError::new("the user's writes have no effect; a row-level policy or a trigger prevents them");
            Err(ConnectError::MissingPrivilege { source })
        }
        // Such a server is accepted: it is full, but still recognises duplicates.
        Err(error) if is_full(&error) => Ok(()),
        Err(error) => Err(ConnectError::from_server(error)),
    }
}

/// Returns whether each step had its effect.
async fn take_steps(connection: &mut PgConnection, claim: &Claim) -> sqlx::Result<bool> {
    let steps = [
        (steps::claim(claim), "acquired"),
        (steps::release(claim), "settled"),
        (steps::claim(claim), "acquired"),
        (steps::commit(claim), "settled"),
    ];
    for (step, effect) in steps {
        if step.fetch_one(&mut *connection).await? != effect {
            return Ok(false);
        }
    }
    steps::sweep(0).fetch_one(connection).await?;
    Ok(true)
}

/// Returns a claim for an event that no sender has. It differs for each program that starts.
fn nobodys_claim() -> Result<Claim, Box<dyn std::error::Error>> {
    let terms = Terms::new(Duration::from_secs(1), Duration::from_secs(1), 0)?;
    let random = *Claim::new(Key::new("", "", b""), terms)?.owner().as_bytes();
    Ok(Claim::new(Key::new("", "", &random), terms)?)
}
