//! Checking the signed time.

use std::time::Duration;

use super::VerifyError;
use crate::time::UnixTime;

/// How far the signed time may be from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Window {
    /// The greatest age.
    pub past: Duration,
    /// How far ahead the sender's clock may be.
    pub future: Duration,
}

impl Window {
    /// Five minutes on both sides, the usual tolerance.
    pub const DEFAULT: Self = Self::both(Duration::from_secs(300));

    /// A window with this greatest age and this lead of the sender's clock.
    pub const fn new(past: Duration, future: Duration) -> Self {
        Self { past, future }
    }

    /// The same tolerance on both sides.
    pub const fn both(tolerance: Duration) -> Self {
        Self::new(tolerance, tolerance)
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
