//! The lease of a claim.

use std::time::Duration;

use crate::store::Claim;

/// A claim, and the end of its lease by the receiver's clock. That clock was read before the store's, so this end
/// is never later than the store's.
#[derive(Debug)]
pub(super) struct Lease {
    pub(super) claim: Claim,
    until: Duration,
}

impl Lease {
    pub(super) const fn new(claim: Claim, until: Duration) -> Self {
        Self { claim, until }
    }

    pub(super) fn left(&self, now: Duration) -> Duration {
        self.until.saturating_sub(now)
    }

    pub(super) fn is_over(&self, now: Duration) -> bool {
        self.left(now).is_zero()
    }
}
