//! The steps of a store, each with a time limit.

use std::time::Duration;

use tokio::time::Instant;
use tracing::Instrument;

use super::{Receiver, meter::MEASURED, shield::shielded, span, timer::within};
use crate::{
    provider::Provider,
    store::{StoreError, StoreFuture},
};

impl<P: Provider> Receiver<P> {
    /// Runs a step of the store within this time. A panic in the store counts as a failed step and does not propagate.
    pub(super) async fn store_step<'a, T: 'a>(
        &self,
        name: &'static str,
        time: Duration,
        step: impl FnOnce() -> StoreFuture<'a, T>,
    ) -> Result<T, StoreError> {
        let started = MEASURED.then(Instant::now);
        let outcome = timed(time, step).instrument(span::store(name)).await;
        if let Some(started) = started {
            let meter = &self.inner.meter;
            meter.store_step(name, started.elapsed(), outcome.as_ref().err());
            meter.store_fullness(self.inner.store.fullness());
        }
        outcome
    }
}

async fn timed<'a, T: 'a>(time: Duration, step: impl FnOnce() -> StoreFuture<'a, T>) -> Result<T, StoreError> {
    match within(time, shielded(async move { step().await })).await {
        Some(Ok(outcome)) => outcome,
        Some(Err(_)) => Err(StoreError::unavailable("the store panicked")),
        None => Err(StoreError::timeout()),
    }
}
