//! Stores of handled ids, which ensure that no event is handled twice.
//!
//! An event is handled in two steps of its store:
//!
//! 1. [`claim`](Store::claim) grants the right to handle the event, in one atomic operation.
//! 2. [`commit`](Store::commit) records the event as handled, or [`release`](Store::release) gives the right back.
//!
//! A claim that is never settled, for instance because its process died, ends with its lease.
//!
//! [`MemoryStore`] is the store for one program that may forget handled ids at a restart. Implement [`Store`] to write
//! your own.
//!
//! # Example
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
//! let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("the first claim") };
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

pub(crate) use self::key::{Origin, fingerprint, occurrence};
pub use self::{
    claim::{Claim, InvalidTerms, Owner, Terms},
    error::{StoreError, StoreErrorKind},
    key::Key,
    memory::MemoryStore,
    request::{ClaimNotManual, ClaimRequest},
};

/// The future of a store's step, boxed so that a program can choose its store at run time.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A store of handled ids.
///
/// The arguments hold durations, never instants, because a store runs on its own clock. A step that is dropped halfway
/// must not leave a claim that never expires.
///
/// # Example
///
/// A minimal store, for one program that may forget handled ids at a restart. The function `store_contract` (feature
/// `testing`) checks that it satisfies the contract.
///
/// ```
/// use std::{collections::HashMap, sync::{Mutex, MutexGuard}, time::Duration};
/// use qrhook::{Clock, Store};
/// use qrhook::store::{Claim, Key, Outcome, Settled, StoreFuture, StoreProperties, Terms};
///
/// #[derive(Debug)]
/// struct MapStore<C> {
///     clock: C,
///     records: Mutex<HashMap<Key, Record>>,
/// }
///
/// #[derive(Debug)]
/// struct Record {
///     claim: Claim,
///     done: bool,
///     /// The end of the lease, or of the retention once the event is done.
///     until: Duration,
/// }
///
/// impl<C: Clock> MapStore<C> {
///     fn lock(&self) -> (MutexGuard<'_, HashMap<Key, Record>>, Duration) {
///         let records = self.records.lock().expect("a step does not panic");
///         (records, self.clock.monotonic())
///     }
/// }
///
/// impl<C: Clock> Store for MapStore<C> {
///     fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
///         Box::pin(async move {
///             let (mut records, now) = self.lock();
///             if let Some(record) = records.get(key).filter(|record| record.until > now) {
///                 let same_occurrence = record.claim.terms().occurrence() == terms.occurrence();
///                 return Ok(if record.done { Outcome::Done { same_occurrence } } else { Outcome::InFlight });
///             }
///             let claim = Claim::new(*key, *terms)?;
///             records.insert(*key, Record { claim: claim.clone(), done: false, until: now + terms.lease() });
///             Ok(Outcome::Acquired(claim))
///         })
///     }
///
///     fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
///         Box::pin(async move {
///             let (mut records, now) = self.lock();
///             match records.get_mut(claim.key()) {
///                 Some(record) if record.claim == *claim => {
///                     if !record.done {
///                         (record.done, record.until) = (true, now + claim.terms().retention());
///                     }
///                     Ok(Settled::Applied)
///                 }
///                 _ => Ok(Settled::Lost),
///             }
///         })
///     }
///
///     fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
///         Box::pin(async move {
///             let (mut records, _) = self.lock();
///             match records.get(claim.key()) {
///                 Some(record) if record.done || record.claim != *claim => Ok(Settled::Lost),
///                 _ => {
///                     records.remove(claim.key());
///                     Ok(Settled::Applied)
///                 }
///             }
///         })
///     }
///
///     fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
///         Box::pin(async move {
///             let (mut records, now) = self.lock();
///             let is_over = |record: &Record| {
///                 // A late commit may still need the record of an abandoned claim.
///                 let kept = if record.done { Duration::ZERO } else { record.claim.terms().retention() };
///                 record.until + kept <= now
///             };
///             let over = records.iter().filter(|(_, record)| is_over(record)).map(|(key, _)| *key);
///             let over: Vec<Key> = over.take(limit).collect();
///             over.iter().for_each(|key| drop(records.remove(key)));
///             Ok(over.len())
///         })
///     }
///
///     fn properties(&self) -> StoreProperties {
///         StoreProperties::volatile().with_needs_sweeps(true)
///     }
/// }
///
/// # #[cfg(feature = "testing")] {
/// use qrhook::testing::{block_on, by_hand, store_contract};
///
/// block_on(store_contract(&by_hand(|clock| MapStore { clock, records: Mutex::default() })));
/// # }
/// ```
pub trait Store: Send + Sync + 'static {
    /// Claims an event, in one atomic operation.
    ///
    /// | Record | Outcome |
    /// | --- | --- |
    /// | none, or its lease or retention is over | [`Outcome::Acquired`] with a fresh owner |
    /// | claimed, within its lease | [`Outcome::InFlight`] |
    /// | handled, within its retention | [`Outcome::Done`] |
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome>;

    /// Records a claimed event as handled, for its retention. This works even after the lease, if no other claim was
    /// made meanwhile. It may be repeated if its result was lost; a repeat changes nothing.
    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled>;

    /// Gives a claim back, so that the event can be claimed again at once. It may be repeated.
    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled>;

    /// Forgets up to `limit` records that are past their retention, never a live claim. Returns the number of records
    /// forgotten.
    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize>;

    /// The properties of this store.
    fn properties(&self) -> StoreProperties;

    /// Returns the share of the store's capacity in use, from 0 to 1, for metrics. `None` if the store has no limit, or
    /// does not know it. It must be cheap: it is called at every step.
    fn fullness(&self) -> Option<f64> {
        None
    }
}

/// The result of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The claim was granted: the caller handles the event.
    Acquired(Claim),
    /// The event is claimed and not settled yet.
    InFlight,
    /// The event was handled before.
    Done {
        /// Whether that was the same occurrence: an event with the same type and creation time.
        same_occurrence: bool,
    },
}

/// The result of a commit or a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settled {
    /// The record is now in the requested state.
    Applied,
    /// The caller no longer holds the claim; nothing was changed.
    Lost,
}

/// The properties of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreProperties {
    /// Whether its records survive a restart of the program.
    pub durable: bool,
    /// Whether several programs can share it.
    pub shared: bool,
    /// Whether the receiver must call [`sweep`](Store::sweep) from time to time, because the store never forgets
    /// records on its own.
    pub needs_sweeps: bool,
}

impl StoreProperties {
    /// The properties of a store for one program that forgets its records at a restart.
    pub const fn volatile() -> Self {
        Self { durable: false, shared: false, needs_sweeps: false }
    }

    /// The properties of a store for one program whose records survive a restart.
    pub const fn durable() -> Self {
        Self { durable: true, ..Self::volatile() }
    }

    /// Sets whether several programs can share the store.
    #[must_use]
    pub const fn with_shared(self, shared: bool) -> Self {
        Self { shared, ..self }
    }

    /// Sets whether the receiver must sweep the store.
    #[must_use]
    pub const fn with_needs_sweeps(self, needs_sweeps: bool) -> Self {
        Self { needs_sweeps, ..self }
    }
}

/// Implements the trait for pointers to a store.
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

            fn fullness(&self) -> Option<f64> {
                (**self).fullness()
            }
        }
    )*};
}

deref_store!(Arc Box);
