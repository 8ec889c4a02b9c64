//! A memory store that can break and whose records can be inspected.

use std::{
    future::pending,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use qrhook::{
    MemoryStore,
    store::{Claim, Key, Outcome, Settled, Store, StoreError, StoreFuture, StoreProperties, Terms},
};

use crate::scenario::{self, Fault};

pub struct Shelf {
    memory: MemoryStore,
    state: Mutex<State>,
}

struct State {
    fault: Fault,
    /// The event that it was last asked to claim.
    last: Option<Key>,
}

impl Shelf {
    pub fn new(fault: Fault) -> Self {
        Self { memory: MemoryStore::new(), state: Mutex::new(State { fault, last: None }) }
    }

    pub fn mend(&self) {
        self.with(|state| state.fault = Fault::None);
    }

    /// The state of the event that it was last asked to claim.
    pub async fn last(&self) -> scenario::Claim {
        let Some(key) = self.with(|state| state.last) else { return scenario::Claim::Untouched };
        let terms = Terms::new(Duration::from_secs(3600), Duration::from_secs(3600), 0).unwrap();
        match self.memory.claim(&key, &terms).await.unwrap() {
            Outcome::Acquired(claim) => {
                self.memory.release(&claim).await.unwrap();
                scenario::Claim::Absent
            }
            Outcome::InFlight => scenario::Claim::InFlight,
            Outcome::Done { .. } => scenario::Claim::Done,
            other => panic!("{other:?}"),
        }
    }

    fn with<T>(&self, read: impl FnOnce(&mut State) -> T) -> T {
        read(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn fault(&self) -> Fault {
        self.with(|state| state.fault)
    }
}

fn down<'a, T>() -> StoreFuture<'a, T> {
    Box::pin(async { Err(StoreError::unavailable("this test takes the store down")) })
}

impl Store for Shelf {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        self.with(|state| state.last = Some(*key));
        match self.fault() {
            Fault::Down => down(),
            Fault::Slow => Box::pin(pending()),
            Fault::Full => Box::pin(async { Err(StoreError::full()) }),
            _ => self.memory.claim(key, terms),
        }
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        match self.fault() {
            Fault::Down | Fault::CommitsDown => down(),
            Fault::Slow | Fault::CommitsSlow => Box::pin(pending()),
            _ => self.memory.commit(claim),
        }
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        match self.fault() {
            Fault::Down | Fault::ReleasesDown => down(),
            Fault::Slow => Box::pin(pending()),
            _ => self.memory.release(claim),
        }
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        self.memory.sweep(limit)
    }

    fn properties(&self) -> StoreProperties {
        self.memory.properties()
    }
}
