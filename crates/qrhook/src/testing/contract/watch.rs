//! Measures the time that passes without the knowledge of a rule.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Measures the time that passes in addition to what the checks let pass.
pub(super) struct Watch {
    started: Instant,
    passed: Mutex<Duration>,
}

impl Watch {
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), passed: Mutex::default() }
    }

    /// Records that the checks let this much time pass.
    pub(super) fn passes(&self, time: Duration) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = passed.saturating_add(time);
    }

    /// The time that the steps took, plus the time by which sleeps were too long. Zero when the clock is moved by hand.
    pub(super) fn lost(&self) -> Duration {
        self.started.elapsed().saturating_sub(*self.passed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
