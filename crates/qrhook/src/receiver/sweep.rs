//! Sweeps of stores that never forget records on their own.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{Receiver, report};
use crate::{provider::Provider, store::StoreProperties};

/// The interval between sweeps, in deliveries. The first delivery sweeps too.
const EVERY: u64 = 128;

/// The maximum number of records that a sweep forgets: several per delivery, so that forgetting keeps up.
const LIMIT: usize = 512;

/// A counter of deliveries, for a store that needs sweeps.
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
    /// Sweeps the store if a sweep is due. Called after a delivery was settled and its reply sent, so that no request
    /// waits for it.
    pub(super) async fn sweep_if_due(&self) {
        if !self.inner.sweeper.is_due() {
            return;
        }
        // The reply goes out only once this work yields.
        tokio::task::yield_now().await;
        // Records that this sweep leaves are forgotten by the next one.
        let (store, time) = (&self.inner.store, self.inner.settings.store_time);
        if let Err(error) = self.store_step("sweep", time, || store.sweep(LIMIT)).await {
            report::store_failed(self.sender(), self.endpoint(), "sweep", &error);
        }
    }
}
