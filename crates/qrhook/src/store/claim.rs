//! The right to handle one event.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::{Key, StoreError};

/// For how long, and for what, a claim is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    lease: Duration,
    retention: Duration,
    occurrence: u32,
}

impl Terms {
    /// The longest lease and the longest retention: ten years.
    pub const MAX: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

    /// Terms with this lease, this retention, and the occurrence that is remembered with the id.
    ///
    /// # Errors
    ///
    /// When a duration is zero or longer than [`MAX`](Self::MAX): a store could only keep it by overflowing.
    pub fn new(lease: Duration, retention: Duration, occurrence: u32) -> Result<Self, InvalidTerms> {
        if [lease, retention].iter().any(|duration| duration.is_zero() || *duration > Self::MAX) {
            return Err(InvalidTerms { lease, retention });
        }
        Ok(Self { lease, retention, occurrence })
    }

    /// The same for another occurrence.
    pub(crate) const fn for_occurrence(self, occurrence: u32) -> Self {
        Self { occurrence, ..self }
    }

    /// How long a claim lasts if its owner dies.
    pub const fn lease(&self) -> Duration {
        self.lease
    }

    /// How long a handled event is remembered, from its commit.
    pub const fn retention(&self) -> Duration {
        self.retention
    }

    /// 32 bits that tell two events apart that share an id.
    pub const fn occurrence(&self) -> u32 {
        self.occurrence
    }
}

/// A lease or retention of zero, or longer than [`Terms::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidTerms {
    /// The lease.
    pub lease: Duration,
    /// The retention.
    pub retention: Duration,
}

impl fmt::Display for InvalidTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lease, retention } = self;
        write!(f, "a lease of {lease:?} or a retention of {retention:?} is zero or longer than ten years")
    }
}

impl std::error::Error for InvalidTerms {}

/// The right to handle one event, until it is settled or its lease ends.
///
/// Deliberately not tied to its store by type: the receiver settles it, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    key: Key,
    owner: Owner,
    terms: Terms,
}

impl Claim {
    /// A claim with a fresh owner. For stores, which hand it out only when they recorded it.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`](super::StoreErrorKind::Unavailable) when the system has no randomness.
    pub fn new(key: Key, terms: Terms) -> Result<Self, StoreError> {
        Ok(Self { key, owner: Owner::random()?, terms })
    }

    /// The same with an owner that is fresh within this process, for records that end with it.
    pub(super) fn within_process(key: Key, terms: Terms) -> Self {
        Self { key, owner: Owner::counted(), terms }
    }

    /// The event.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// Whose it is.
    pub const fn owner(&self) -> Owner {
        self.owner
    }

    /// The terms it was made for.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }
}

/// Who holds a claim: no two claims in a store have the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner([u8; 16]);

impl Owner {
    /// From the system each time. A number that the process draws once would be drawn with it when a machine is started
    /// from a snapshot twice, and each of the two would take the other's claims for its own.
    fn random() -> Result<Self, StoreError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(StoreError::unavailable)?;
        Ok(Self(bytes))
    }

    /// Without a system call, which would cost more than a claim in memory.
    fn counted() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(u128::from(count).to_be_bytes())
    }

    /// The owner as bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}
