//! The counters of a receiver.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Counters by name. The most frequent one needs no lock.
#[derive(Debug, Default)]
pub(super) struct Counts {
    handled: AtomicU64,
    others: Mutex<BTreeMap<&'static str, u64>>,
}

impl Counts {
    pub(super) fn add_handled(&self) {
        self.handled.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add(&self, name: &'static str) {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let count = others.entry(name).or_default();
        *count = count.saturating_add(1);
    }

    pub(super) fn read(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = self.others.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let handled = self.handled.load(Ordering::Relaxed);
        counts.extend((handled > 0).then_some(("handled", handled)));
        counts
    }
}
