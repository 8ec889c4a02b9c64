//! Where the time comes from.

use std::time::{Duration, Instant};

use crate::time::UnixTime;

/// Where a receiver and the memory store take the time from.
///
/// Verification itself never reads a clock: *now* is an argument. Tests bring a clock that they move by hand.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, which the time window of a signature is judged by.
    fn unix(&self) -> UnixTime;

    /// Time since some fixed point, never running backwards, which deadlines and leases are judged by.
    fn monotonic(&self) -> Duration;
}

/// The clocks of the system.
#[derive(Debug, Clone)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose fixed point is now.
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn unix(&self) -> UnixTime {
        UnixTime::now()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}
