//! The share of the store's room in use, for metrics.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use crate::{records::Records, room::Room};

/// The interval between measurements: they read two numbers from the file and ask the system for the free space.
const EVERY: Duration = Duration::from_secs(1);

/// One hundred percent, in the unit of the shared number.
const WHOLE: u32 = 1_000_000;

/// The share that the writer measured last. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fullness(Arc<AtomicU32>);

impl Fullness {
    /// The share, from 0 to 1. Zero until the first measurement.
    pub(crate) fn get(&self) -> f64 {
        f64::from(self.0.load(Ordering::Relaxed)) / f64::from(WHOLE)
    }
}

/// Measures the share now and then, on the writer's thread.
pub(crate) struct Gauge {
    fullness: Fullness,
    measured: Option<Instant>,
}

impl Gauge {
    pub(crate) const fn of(fullness: Fullness) -> Self {
        Self { fullness, measured: None }
    }

    /// Measures if it is time. An error leaves the last value: the steps report what is wrong with the file.
    pub(crate) fn measure(&mut self, records: &Records<'_>, room: &Room) {
        if self.measured.is_some_and(|measured| measured.elapsed() < EVERY) {
            return;
        }
        self.measured = Some(Instant::now());
        if let Ok(used) = records.used()
            && let Some(capacity) = room.capacity(used.bytes, used.page)
        {
            let share = u128::from(used.bytes).saturating_mul(u128::from(WHOLE)).checked_div(u128::from(capacity));
            let share = u32::try_from(share.unwrap_or_default()).unwrap_or(WHOLE).min(WHOLE);
            self.fullness.0.store(share, Ordering::Relaxed);
        }
    }
}
