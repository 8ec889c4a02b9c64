//! Sweeps, for stores that forget nothing by themselves.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    Receiver,
    step::{log_failure, timed},
};
use crate::{provider::Provider, store::StoreProperties};

/// A sweep comes with the first delivery, and then with one in so many.
const EVERY: u64 = 128;

/// How many records a sweep forgets: a few for each delivery, so that forgetting keeps up with remembering.
const LIMIT: usize = 512;

/// Counts deliveries.
#[derive(Debug)]
pub(super) struct Sweeper {
    needed: bool,
    deliveries: AtomicU64,
}

impl Sweeper {
    pub(super) fn of(properties: StoreProperties) -> Self {
        Self { needed: properties.needs_sweeps, deliveries: AtomicU64::new(0) }
    }

    fn is_due(&self) -> bool {
        self.needed && self.deliveries.fetch_add(1, Ordering::Relaxed).is_multiple_of(EVERY)
    }
}

impl<P: Provider> Receiver<P> {
    /// Sweeps the store if it is time: after a delivery was settled and answered, where it keeps nobody waiting.
    pub(super) async fn sweep_if_due(&self) {
        if !self.inner.sweeper.is_due() {
            return;
        }
        // The reply is on its way only once this work waits.
        tokio::task::yield_now().await;
        // The next sweep takes what this one leaves.
        if let Err(error) = timed(self.inner.settings.store_time, || self.inner.store.sweep(LIMIT)).await {
            log_failure::<P>(self.endpoint(), "sweep", &error);
        }
    }
}
