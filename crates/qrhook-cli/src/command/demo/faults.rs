//! A store that fails on demand.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use qrhook::{
    Store, StoreError,
    store::{Claim, Key, Outcome, Settled, StoreFuture, StoreProperties, Terms},
};

/// A store that fails while its switch is on.
pub(super) struct Faults {
    pub(super) store: Arc<dyn Store>,
    pub(super) switch: Arc<AtomicBool>,
}

impl Faults {
    fn or_fail<'a, T: 'a>(&self, step: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        if self.switch.load(Ordering::SeqCst) {
            return Box::pin(async { Err(StoreError::unavailable("switched off by the demo")) });
        }
        step
    }
}

impl Store for Faults {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        self.or_fail(self.store.claim(key, terms))
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        self.or_fail(self.store.commit(claim))
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        self.or_fail(self.store.release(claim))
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        self.or_fail(self.store.sweep(limit))
    }

    fn properties(&self) -> StoreProperties {
        self.store.properties()
    }
}
