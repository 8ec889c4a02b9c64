//! The use of a secret.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use crate::time::UnixTime;

/// The requests that one secret has proven, with any of its copies.
#[derive(Debug)]
pub(super) struct Usage {
    matches: AtomicU64,
    /// In Unix seconds; [`NEVER`] before the first.
    last_match: AtomicI64,
}

const NEVER: i64 = i64::MIN;

impl Usage {
    pub(super) const fn new() -> Self {
        Self { matches: AtomicU64::new(0), last_match: AtomicI64::new(NEVER) }
    }

    pub(super) fn count(&self, now: UnixTime) {
        self.matches.fetch_add(1, Ordering::Relaxed);
        self.last_match.store(now.as_secs(), Ordering::Relaxed);
    }

    pub(super) fn matches(&self) -> u64 {
        self.matches.load(Ordering::Relaxed)
    }

    pub(super) fn last_match(&self) -> Option<UnixTime> {
        let last = self.last_match.load(Ordering::Relaxed);
        (last != NEVER).then(|| UnixTime::from_secs(last))
    }
}

/// The use of one secret, from [`Secrets::usage`](super::Secrets::usage).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretUsage {
    /// The label of the secret, if it has one.
    pub label: Option<Arc<str>>,
    /// The number of requests that it has proven.
    pub matches: u64,
    /// The time of the last of them, by the clock of the receiver. `None` before the first.
    pub last_match: Option<UnixTime>,
    /// The time after which it is not accepted, if it has one.
    pub not_after: Option<UnixTime>,
}
