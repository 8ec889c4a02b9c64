//! Helpers for the tests.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreError, StoreErrorKind, Terms};
use qrhook_postgres::{PostgresOptions, PostgresStore};
use qrhook_test_servers::Postgres;
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgPoolOptions};

/// The time after which a test is considered to hang. It is also the step time, unless the test is about that limit.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Long enough for any step on a busy machine. Where a test needs time to pass, it moves the records.
pub(crate) const LEASE: Duration = Duration::from_secs(3600);
pub(crate) const RETENTION: Duration = Duration::from_secs(72 * 3600);
pub(crate) const DONE: Outcome = Outcome::Done { same_occurrence: true };

/// A server with a schema for each store.
pub(crate) struct Server {
    pub(crate) postgres: Postgres,
    schemas: AtomicUsize,
    made: Mutex<Vec<String>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::on(Postgres::start())
    }

    pub(crate) fn on(postgres: Postgres) -> Self {
        Self { postgres, schemas: AtomicUsize::new(1), made: Mutex::default() }
    }

    /// The URL of an empty schema.
    pub(crate) async fn fresh_url(&self) -> String {
        let schema = format!("schema_{}", self.schemas.fetch_add(1, Ordering::Relaxed));
        self.execute(&format!("CREATE SCHEMA {schema}")).await;
        self.made.lock().unwrap().push(schema.clone());
        self.url_of(&schema)
    }

    pub(crate) fn last_url(&self) -> String {
        self.url_of(self.made.lock().unwrap().last().unwrap())
    }

    fn url_of(&self, schema: &str) -> String {
        format!("{}?options=-c%20search_path%3D{schema}", self.postgres.url())
    }

    pub(crate) async fn fresh(&self) -> PostgresStore {
        connect(&self.fresh_url().await).await
    }

    pub(crate) async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.postgres.url()).await.unwrap()
    }

    /// Runs SQL as the superuser.
    pub(crate) async fn execute(&self, sql: &str) {
        let mut connection = self.connection().await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    /// Moves all records back in time, as if this much time had passed.
    pub(crate) async fn pass(&self, time: Duration) {
        let micros = time.as_micros();
        let made = self.made.lock().unwrap().clone();
        let moved = made.iter().map(|schema| {
            format!(
                "UPDATE {schema}.qrhook_event SET until = until - {micros} * interval '1 microsecond',
                    forget = forget - {micros} * interval '1 microsecond';"
            )
        });
        self.execute(&moved.collect::<String>()).await;
    }
}

pub(crate) fn patient() -> PostgresOptions {
    PostgresStore::options().with_step_time(PATIENCE)
}

pub(crate) async fn connect(url: &str) -> PostgresStore {
    patient().connect(url).await.unwrap()
}

/// Connects with the default step time, for tests of that limit. On a busy machine a healthy step may exceed it too.
pub(crate) async fn connect_impatiently(url: &str) -> PostgresStore {
    PostgresStore::connect(url).await.unwrap()
}

/// The pool of a program.
pub(crate) fn pool(max: u32) -> PgPoolOptions {
    PgPoolOptions::new().max_connections(max).acquire_timeout(PATIENCE)
}

/// Repeats a step that timed out, until it has another result.
pub(crate) async fn at_last<T>(mut step: impl AsyncFnMut() -> Result<T, StoreError>) -> T {
    let started = Instant::now();
    loop {
        match step().await {
            Err(error) if error.kind() == StoreErrorKind::Timeout && started.elapsed() < PATIENCE => {}
            answer => return answer.unwrap(),
        }
    }
}

pub(crate) fn key(id: impl ToString) -> Key {
    Key::new("qrstudio", "crm-sync", id.to_string().as_bytes())
}

pub(crate) fn terms() -> Terms {
    Terms::new(LEASE, RETENTION, 7).unwrap()
}

pub(crate) async fn try_claim(store: &PostgresStore, id: impl ToString) -> Result<Outcome, StoreError> {
    store.claim(&key(id), &terms()).await
}

pub(crate) async fn found(store: &PostgresStore, id: impl ToString) -> Outcome {
    try_claim(store, id).await.unwrap()
}

pub(crate) async fn claim(store: &PostgresStore, id: impl ToString) -> Claim {
    match found(store, id).await {
        Outcome::Acquired(claim) => claim,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn handle(store: &PostgresStore, id: impl ToString) {
    let claim = claim(store, id).await;
    assert_eq!(store.commit(&claim).await.unwrap(), Settled::Applied);
}

/// Waits until this many sessions wait for a lock.
pub(crate) async fn wait_for(connection: &mut PgConnection, waiting: i64) -> Vec<i32> {
    let sql = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let found: Vec<i32> = sqlx::query_scalar(sql).fetch_all(&mut *connection).await.unwrap();
        if i64::try_from(found.len()).unwrap() == waiting {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("no session waits")
}
