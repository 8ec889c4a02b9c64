//! The store, as its callers see it.

use std::{fmt, sync::Arc};

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreFuture, StoreProperties, Terms};

use crate::{claiming::Claiming, steps::Steps};

/// A store in Redis. The [crate page](crate) says what it promises.
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

    /// Does nothing: the server forgets by itself what is past its retention.
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
