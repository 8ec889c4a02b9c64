//! A clock that is moved by hand.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{clock::Clock, time::UnixTime};

/// A clock that is moved by hand. Clones move together.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use qrhook::{Clock, MemoryStore, UnixTime, testing::ManualClock};
///
/// let clock = ManualClock::at(UnixTime::from_secs(1778335283));
/// let store = MemoryStore::new().with_clock(clock.clone());
///
/// clock.advance(Duration::from_secs(60)); // for the store, too
/// assert_eq!(clock.unix(), UnixTime::from_secs(1778335343));
/// assert_eq!(clock.monotonic(), Duration::from_secs(60));
///
/// clock.set(UnixTime::from_secs(0)); // the wall clock only
/// assert_eq!(clock.monotonic(), Duration::from_secs(60));
/// # drop(store);
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    reading: Arc<Mutex<Reading>>,
}

#[derive(Debug)]
struct Reading {
    unix: UnixTime,
    monotonic: Duration,
}

impl ManualClock {
    /// A clock that shows this moment.
    pub fn at(now: UnixTime) -> Self {
        Self { reading: Arc::new(Mutex::new(Reading { unix: now, monotonic: Duration::ZERO })) }
    }

    /// Moves both the wall clock and the monotonic clock forward.
    pub fn advance(&self, by: Duration) {
        self.change(|reading| {
            let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
            reading.unix = UnixTime::from_secs(reading.unix.as_secs().saturating_add(seconds));
            reading.monotonic = reading.monotonic.saturating_add(by);
        });
    }

    /// Sets the wall clock, as an operator or a time server does. No time passes on the monotonic clock.
    pub fn set(&self, now: UnixTime) {
        self.change(|reading| reading.unix = now);
    }

    fn change(&self, change: impl FnOnce(&mut Reading)) {
        change(&mut self.reading.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Clock for ManualClock {
    fn unix(&self) -> UnixTime {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner).unix
    }

    fn monotonic(&self) -> Duration {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner).monotonic
    }
}
