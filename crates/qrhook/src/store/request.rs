//! The key and terms of a claim.

use std::fmt;

use super::{Key, Terms};

/// The key and terms of a claim, for a handler that claims in its own transaction.
///
/// Returned by [`Delivery::claim_request`](crate::Delivery::claim_request).
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

    /// The key of the event.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// The key to claim instead if [`key`](Self::key) is done with another occurrence. `None` if such an event counts
    /// as a duplicate; the receiver's [`IdConflict`](crate::receiver::IdConflict) setting decides.
    pub const fn conflict_key(&self) -> Option<&Key> {
        self.conflict_key.as_ref()
    }

    /// The terms of the claim.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }
}

/// The error for a delivery that the handler cannot claim: its receiver has claimed it, or it did not come from a
/// receiver.
///
/// To claim in the handler, build the receiver [with manual
/// claims](crate::receiver::ReceiverBuilder::with_manual_claims).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimNotManual;

impl ClaimNotManual {
    pub(crate) const TEXT: &str =
        "the handler cannot claim this delivery: it must come from a receiver that was built `with_manual_claims`";
}

impl fmt::Display for ClaimNotManual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::TEXT)
    }
}

impl std::error::Error for ClaimNotManual {}
