//! Checking the signed time.

use std::time::Duration;

use super::VerifyError;
use crate::time::UnixTime;

/// The range of signed times that are accepted, relative to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// The greatest age.
    pub past: Duration,
    /// The greatest lead of the sender's clock.
    pub future: Duration,
}

impl Window {
    /// Five minutes in both directions, the usual tolerance.
    pub const DEFAULT: Self = Self::both(Duration::from_secs(300));

    /// A window with this greatest age and this greatest lead of the sender's clock.
    pub const fn new(past: Duration, future: Duration) -> Self {
        Self { past, future }
    }

    /// A window with the same tolerance in both directions.
    pub const fn both(tolerance: Duration) -> Self {
        Self::new(tolerance, tolerance)
    }

    /// The shortest time for which ids must be remembered, so that no request is accepted after its id was forgotten. It
    /// allows for an inaccurate clock of the sender, a slow claim, and a margin.
    pub const fn least_retention(self) -> Duration {
        const MARGIN: Duration = Duration::from_secs(600);
        self.past.saturating_add(self.future).saturating_add(MARGIN)
    }

    pub(super) fn check(self, signed_at: UnixTime, now: UnixTime) -> Result<(), VerifyError> {
        if now.since(signed_at) > self.past {
            return Err(VerifyError::Stale { signed_at, now, tolerance: self.past });
        }
        if signed_at.since(now) > self.future {
            return Err(VerifyError::Future { signed_at, now, tolerance: self.future });
        }
        Ok(())
    }
}
