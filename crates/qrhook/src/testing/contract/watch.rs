//! How much of the time passes that a rule does not know of.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Tells how much time passed that no check knows of.
pub(super) struct Watch {
    started: Instant,
    passed: Mutex<Duration>,
}

impl Watch {
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), passed: Mutex::default() }
    }

    /// The checks let so much time pass.
    pub(super) fn passes(&self, time: Duration) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        *passed = passed.saturating_add(time);
    }

    /// What the steps took, and what the passing took longer than it should. Nothing when it was by hand.
    pub(super) fn lost(&self) -> Duration {
        self.started.elapsed().saturating_sub(*self.passed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
