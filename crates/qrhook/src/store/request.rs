//! The key and terms of a claim.

use std::fmt;

use super::{Key, Terms};

/// The key and terms of a claim, for a handler that makes it in a transaction of its own. From
/// [`Delivery::claim_request`](crate::Delivery::claim_request).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimRequest {
    key: Key,
    conflict_key: Option<Key>,
    terms: Terms,
}

impl ClaimRequest {
    pub(crate) const fn new(key: Key, conflict_key: Option<Key>, terms: Terms) -> Self {
        Self { key, conflict_key, terms }
    }

    /// The event.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// What is claimed instead when [`key`](Self::key) is done with another occurrence. `None` when such an event counts
    /// as the duplicate that it claims to be, which is what [`IdConflict`](crate::receiver::IdConflict) decides.
    pub const fn conflict_key(&self) -> Option<&Key> {
        self.conflict_key.as_ref()
    }

    /// For how long it is claimed, and what is remembered with it.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }
}

/// The handler cannot claim this delivery: the receiver did it, or the delivery came from no receiver.
///
/// Build the receiver [with manual claims](crate::receiver::ReceiverBuilder::with_manual_claims).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimNotManual;

impl ClaimNotManual {
    pub(crate) const TEXT: &str = "the handler cannot claim this delivery: build the receiver `with_manual_claims`, and take the delivery from it";
}

impl fmt::Display for ClaimNotManual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::TEXT)
    }
}

impl std::error::Error for ClaimNotManual {}
