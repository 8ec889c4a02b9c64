//! The public store, which runs its steps on the server.

use std::{fmt, sync::Arc, time::Duration};

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreError, StoreFuture, StoreProperties, Terms};

use crate::{claiming::Claiming, connections::Connections, error::unknown, steps};

/// The most records that one statement of a sweep deletes, so that each ends well within its time limit.
const SWEPT_AT_ONCE: usize = 1000;

/// A store in a PostgreSQL database. Its guarantees are on the [crate page](crate).
///
/// It needs a tokio runtime with its timers and its I/O enabled.
///
/// # Example
///
/// On the pool of the program, with the outcome of each step:
///
/// ```no_run
/// use std::time::Duration;
/// use qrhook::store::{Key, Outcome, Settled, Store, Terms};
/// use qrhook_postgres::PostgresStore;
/// use sqlx::postgres::PgPoolOptions;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = PgPoolOptions::new()
///     .acquire_timeout(Duration::from_secs(1))
///     .connect("postgres://crm:PASSWORD@db.example/crm?sslmode=verify-full")
///     .await?;
/// let store = PostgresStore::with_pool(pool).await?;
///
/// let key = Key::new("qrstudio", "crm-sync", b"evt_1");
/// let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(72 * 3600), 0)?;
/// let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("the event is new") };
/// assert_eq!(store.claim(&key, &terms).await?, Outcome::InFlight);
/// assert_eq!(store.commit(&claim).await?, Settled::Applied);
/// assert_eq!(store.claim(&key, &terms).await?, Outcome::Done { same_occurrence: true });
/// # Ok(())
/// # }
/// ```
pub struct PostgresStore {
    connections: Arc<Connections>,
    step_time: Duration,
}

impl PostgresStore {
    pub(crate) fn new(connections: Connections, step_time: Duration) -> Self {
        Self { connections: Arc::new(connections), step_time }
    }

    async fn settle<'q>(
        &self,
        question: impl Fn() -> steps::Question<'q, String> + Send + Sync,
    ) -> Result<Settled, StoreError> {
        match self.connections.ask(self.step_time, question).await?.as_str() {
            "settled" => Ok(Settled::Applied),
            "lost" => Ok(Settled::Lost),
            other => Err(unknown(other)),
        }
    }
}

impl Store for PostgresStore {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(Claiming::new(&self.connections, self.step_time, *key, *terms))
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(self.settle(|| steps::commit(claim)))
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(self.settle(|| steps::release(claim)))
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            let mut swept = 0_usize;
            while swept < limit {
                let some = limit.saturating_sub(swept).min(SWEPT_AT_ONCE);
                let bound = i64::try_from(some).unwrap_or(i64::MAX);
                let now = self.connections.ask(self.step_time, || steps::sweep(bound)).await?;
                let now = usize::try_from(now).unwrap_or(0);
                swept = swept.saturating_add(now);
                if now < some {
                    break;
                }
            }
            Ok(swept)
        })
    }

    fn properties(&self) -> StoreProperties {
        StoreProperties::durable().with_shared(true).with_needs_sweeps(true)
    }
}

/// Does not name the server.
impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("max_connections", &self.connections.max())
            .field("step_time", &self.step_time)
            .finish_non_exhaustive()
    }
}
