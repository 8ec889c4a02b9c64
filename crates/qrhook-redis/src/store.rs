//! The public store, which runs its steps on the server.

use std::{fmt, sync::Arc};

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreFuture, StoreProperties, Terms};

use crate::{claiming::Claiming, steps::Steps};

/// A store in Redis. Its guarantees are on the [crate page](crate).
///
/// It needs a tokio runtime.
///
/// # Example
///
/// ```no_run
/// use std::time::Duration;
/// use qrhook::store::{Key, Outcome, Settled, Store, Terms};
/// use qrhook_redis::RedisStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisStore::connect("redis://:password@127.0.0.1:6379").await?;
/// assert!(store.properties().shared);
///
/// let key = Key::new("qrstudio", "crm-sync", b"evt_1");
/// let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(72 * 3600), 0)?;
/// let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("the event is new") };
/// assert_eq!(store.claim(&key, &terms).await?, Outcome::InFlight);
/// assert_eq!(store.release(&claim).await?, Settled::Applied);
/// assert!(matches!(store.claim(&key, &terms).await?, Outcome::Acquired(_)));
/// # Ok(())
/// # }
/// ```
pub struct RedisStore {
    server: String,
    steps: Arc<Steps>,
    durable: bool,
}

impl RedisStore {
    pub(crate) fn new(server: String, steps: Steps, durable: bool) -> Self {
        Self { server, steps: Arc::new(steps), durable }
    }
}

impl Store for RedisStore {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(Claiming::new(&self.steps, *key, *terms))
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(self.steps.commit(claim))
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(self.steps.release(claim))
    }

    /// Does nothing, because records past their retention expire on the server.
    fn sweep(&self, _limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async { Ok(0) })
    }

    fn properties(&self) -> StoreProperties {
        let properties = if self.durable { StoreProperties::durable() } else { StoreProperties::volatile() };
        properties.with_shared(true)
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("server", &self.server)
            .field("prefix", &self.steps.prefix)
            .field("durable", &self.durable)
            .finish_non_exhaustive()
    }
}
