//! Postgres against a loop of the same statements on the same number of connections.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use qrhook::store::Key;
use qrhook_postgres::PostgresStore;
use qrhook_test_servers::Postgres;
use sqlx::{Connection, PgConnection};
use tokio::sync::Semaphore;

use super::{
    super::{Plan, Result, results::Row},
    Cycle, LEASE, Ours, RETENTION, against_raw,
};

const CLAIM: &str = include_str!("../../../../crates/qrhook-postgres/sql/claim.sql");
const COMMIT: &str = include_str!("../../../../crates/qrhook-postgres/sql/commit.sql");

/// The store's default.
const CONNECTIONS: usize = 10;

/// The simplest way to share connections: sqlx's own pool makes two more requests to the server for every statement.
struct Raw {
    free: Semaphore,
    connections: Mutex<Vec<PgConnection>>,
    owners: AtomicU64,
}

pub async fn measure(plan: Plan, name: &'static str, fsync: &'static str) -> Result<Vec<Row>> {
    let server = tokio::task::spawn_blocking(move || Postgres::start_with(&[["fsync", fsync]])).await?;
    // It creates the tables.
    let ours = Arc::new(Ours(PostgresStore::connect(&server.url()).await?));
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(PgConnection::connect(&server.url()).await?);
    }
    let raw =
        Raw { free: Semaphore::new(CONNECTIONS), connections: Mutex::new(connections), owners: AtomicU64::new(0) };
    against_raw(name, plan, ours, Arc::new(raw)).await
}

impl Cycle for Raw {
    async fn cycle(&self, key: Key) -> Result<()> {
        let owner = u128::from(self.owners.fetch_add(1, Ordering::Relaxed)).to_be_bytes();
        let (lease, retention) = (LEASE.as_micros() as i64, RETENTION.as_micros() as i64);
        let claim = sqlx::query_scalar(CLAIM).bind(&key.as_bytes()[..]).bind(&owner[..]);
        self.ask(claim.bind(lease).bind(retention).bind(0_i32), "acquired").await?;
        let commit = sqlx::query_scalar(COMMIT).bind(&key.as_bytes()[..]).bind(&owner[..]).bind(retention);
        self.ask(commit, "settled").await
    }
}

impl Raw {
    async fn ask(
        &self,
        question: sqlx::query::QueryScalar<'_, sqlx::Postgres, String, sqlx::postgres::PgArguments>,
        expected: &str,
    ) -> Result<()> {
        let _permit = self.free.acquire().await?;
        let connection = self.connections.lock().map_err(|_| "a task panicked")?.pop();
        let mut connection = connection.ok_or("there is no free connection")?;
        let answer = question.fetch_one(&mut connection).await?;
        self.connections.lock().map_err(|_| "a task panicked")?.push(connection);
        if answer == expected { Ok(()) } else { Err(format!("{answer} instead of {expected}").into()) }
    }
}
