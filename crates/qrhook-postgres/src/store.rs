//! The store, as its callers see it.

use std::{fmt, sync::Arc, time::Duration};

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreError, StoreFuture, StoreProperties, Terms};

use crate::{claiming::Claiming, connections::Connections, error::unknown, steps};

/// How many records one statement of a sweep forgets, so that each ends well within its time.
const SWEPT_AT_ONCE: usize = 1000;

/// A store in a PostgreSQL database. The [crate page](crate) says what it promises.
///
/// Needs a tokio runtime with its timers and its I/O on.
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

/// Does not show the server.
impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("max_connections", &self.connections.max())
            .field("step_time", &self.step_time)
            .finish_non_exhaustive()
    }
}
