//! A clock that only moves when a test says so.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{clock::Clock, time::UnixTime};

/// A clock that only moves when a test says so. Clones move together.
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
    /// A clock that stands at this moment.
    pub fn at(now: UnixTime) -> Self {
        Self { reading: Arc::new(Mutex::new(Reading { unix: now, monotonic: Duration::ZERO })) }
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.change(|reading| {
            let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
            reading.unix = UnixTime::from_secs(reading.unix.as_secs().saturating_add(seconds));
            reading.monotonic = reading.monotonic.saturating_add(by);
        });
    }

    /// Sets the wall clock, as an operator or a time server does: no time passes.
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
