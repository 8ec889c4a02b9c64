//! Where handled ids are remembered, so that no event is handled twice.
//!
//! A store knows three steps. [`claim`](Store::claim) gives the right to handle one event, in one atomic operation;
//! [`commit`](Store::commit) remembers the event as handled; [`release`](Store::release) gives the right back. A claim
//! that is never settled, because its process died, ends with its lease.
//!
//! ```
//! use std::time::Duration;
//! use qrhook::store::{Key, MemoryStore, Outcome, Store, Terms};
//!
//! # fn wait<T>(step: impl Future<Output = T>) -> T {
//! #     let mut step = std::pin::pin!(step);
//! #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! #     loop { if let std::task::Poll::Ready(value) = step.as_mut().poll(&mut context) { return value } }
//! # }
//! # wait(async {
//! let store = MemoryStore::new();
//! let key = Key::new("qrstudio", "crm-sync", b"evt_1");
//! let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(3600), 0)?;
//!
//! let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("nobody has it") };
//! assert_eq!(store.claim(&key, &terms).await?, Outcome::InFlight);
//!
//! store.commit(&claim).await?;
//! assert_eq!(store.claim(&key, &terms).await?, Outcome::Done { same_occurrence: true });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod claim;
mod error;
mod key;
mod memory;
mod request;

use std::{pin::Pin, sync::Arc};

pub(crate) use self::key::{fingerprint, occurrence};
pub use self::{
    claim::{Claim, InvalidTerms, Owner, Terms},
    error::{StoreError, StoreErrorKind},
    key::Key,
    memory::MemoryStore,
    request::{ClaimNotManual, ClaimRequest},
};

/// What a step of a store returns: boxed, so that a program can pick its store while it runs.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store of handled ids.
///
/// Durations go in, never instants: a store runs on its own clock. A store that is dropped in the middle of a step
/// must leave no claim without an end.
pub trait Store: Send + Sync + 'static {
    /// Claims an event, in one atomic operation.
    ///
    /// | Record | Outcome |
    /// | --- | --- |
    /// | none, or claimed and its lease is over | [`Outcome::Acquired`] with a fresh owner |
    /// | claimed, lease running | [`Outcome::InFlight`] |
    /// | handled, inside its retention | [`Outcome::Done`] |
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome>;

    /// Remembers a claimed event as handled for its retention, even after the lease if nobody took over. May be
    /// repeated when its answer got lost: a repeat changes nothing.
    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled>;

    /// Gives a claim back, so that the event can be claimed again at once. May be repeated.
    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled>;

    /// Forgets up to `limit` records that are past their retention, never a live claim. Returns how many it forgot.
    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize>;

    /// What can be said of this store.
    fn properties(&self) -> StoreProperties;
}

/// What a claim found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The event is ours to handle.
    Acquired(Claim),
    /// Somebody is handling it.
    InFlight,
    /// It was handled.
    Done {
        /// Whether it was the same occurrence: an event of the same type and time of creation.
        same_occurrence: bool,
    },
}

/// What became of a commit or a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settled {
    /// The record is now in the requested state.
    Applied,
    /// The claim was not ours any more; nothing was changed.
    Lost,
}

/// What can be said of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreProperties {
    /// Whether it survives a restart of the program.
    pub durable: bool,
    /// Whether several programs can use it together.
    pub shared: bool,
    /// Whether it forgets nothing by itself, so that the receiver has to call [`sweep`](Store::sweep) now and then.
    pub needs_sweeps: bool,
}

impl StoreProperties {
    /// A store that forgets at a restart and serves one program.
    pub const fn volatile() -> Self {
        Self { durable: false, shared: false, needs_sweeps: false }
    }

    /// A store that survives a restart.
    pub const fn durable() -> Self {
        Self { durable: true, ..Self::volatile() }
    }

    /// Says whether several programs can use it together.
    #[must_use]
    pub const fn with_shared(self, shared: bool) -> Self {
        Self { shared, ..self }
    }

    /// Says whether the receiver has to sweep it.
    #[must_use]
    pub const fn with_needs_sweeps(self, needs_sweeps: bool) -> Self {
        Self { needs_sweeps, ..self }
    }
}

/// A store behind a pointer is that store.
macro_rules! deref_store {
    ($($pointer:ident)*) => {$(
        impl<S: Store + ?Sized> Store for $pointer<S> {
            fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
                (**self).claim(key, terms)
            }

            fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
                (**self).commit(claim)
            }

            fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
                (**self).release(claim)
            }

            fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
                (**self).sweep(limit)
            }

            fn properties(&self) -> StoreProperties {
                (**self).properties()
            }
        }
    )*};
}

deref_store!(Arc Box);
