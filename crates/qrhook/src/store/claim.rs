//! The right to handle one event.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::{Key, StoreError};

/// The terms of a claim: its lease, its retention and the occurrence of its event.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use qrhook::store::Terms;
///
/// // A lease of 30 seconds and a retention of one day.
/// let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(24 * 3600), 0)?;
/// assert_eq!(terms.retention().as_secs(), 86_400);
///
/// assert!(Terms::new(Duration::ZERO, Terms::MAX, 0).is_err());
/// # Ok::<(), qrhook::store::InvalidTerms>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    lease: Duration,
    retention: Duration,
    occurrence: u32,
}

impl Terms {
    /// The longest lease and the longest retention: ten years.
    pub const MAX: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

    /// Creates terms from a lease, a retention, and the occurrence to remember with the id.
    ///
    /// # Errors
    ///
    /// [`InvalidTerms`] if a duration is zero or longer than [`MAX`](Self::MAX). A longer one could overflow in a
    /// store.
    pub fn new(lease: Duration, retention: Duration, occurrence: u32) -> Result<Self, InvalidTerms> {
        if [lease, retention].iter().any(|duration| duration.is_zero() || *duration > Self::MAX) {
            return Err(InvalidTerms { lease, retention });
        }
        Ok(Self { lease, retention, occurrence })
    }

    /// Replaces the occurrence.
    pub(crate) const fn for_occurrence(self, occurrence: u32) -> Self {
        Self { occurrence, ..self }
    }

    /// The time after which a claim ends if its owner dies.
    pub const fn lease(&self) -> Duration {
        self.lease
    }

    /// The time for which a handled event is remembered after its commit.
    pub const fn retention(&self) -> Duration {
        self.retention
    }

    /// 32 bits that distinguish two events with the same id.
    pub const fn occurrence(&self) -> u32 {
        self.occurrence
    }
}

/// The error for a lease or retention that is zero or longer than [`Terms::MAX`].
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
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use qrhook::store::{Claim, Key, Terms};
///
/// // In the claim step of a store, after it found no live record of the event:
/// let key = Key::new("qrstudio", "crm-sync", b"evt_1");
/// let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(3600), 0)?;
/// let claim = Claim::new(key, terms)?;
/// assert_eq!(claim.key(), &key);
///
/// // Each claim has an owner of its own, so a lost claim cannot be mistaken for its successor.
/// assert_ne!(claim.owner(), Claim::new(key, terms)?.owner());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    key: Key,
    owner: Owner,
    terms: Terms,
}

impl Claim {
    /// Creates a claim with a fresh owner. For stores, which return it only after recording it.
    ///
    /// # Errors
    ///
    /// [`StoreErrorKind::Unavailable`](super::StoreErrorKind::Unavailable) if the system cannot provide random bytes.
    pub fn new(key: Key, terms: Terms) -> Result<Self, StoreError> {
        Ok(Self { key, owner: Owner::random()?, terms })
    }

    /// Creates a claim whose owner is unique within this process only, for records that do not outlive it.
    pub(super) fn within_process(key: Key, terms: Terms) -> Self {
        Self { key, owner: Owner::counted(), terms }
    }

    /// The key of the event.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// The owner of the claim.
    pub const fn owner(&self) -> Owner {
        self.owner
    }

    /// The terms of the claim.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }
}

/// The owner of a claim. No two claims in a store have the same owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Owner([u8; 16]);

impl Owner {
    /// Asks the system each time. If the process kept a seed and a machine were started twice from one snapshot, both
    /// copies would have that seed, and each would mistake the other's claims for its own.
    fn random() -> Result<Self, StoreError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(StoreError::unavailable)?;
        Ok(Self(bytes))
    }

    /// Makes no system call, which would cost more than a claim in memory.
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
