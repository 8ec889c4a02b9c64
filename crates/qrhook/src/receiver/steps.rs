//! Steps of the store, each with its time limit.

use std::time::Duration;

use super::{
    Host,
    host::{CatchPanic, within},
};
use crate::{
    provider::Provider,
    store::{StoreError, StoreFuture},
};

/// Takes a step, at most this long. A store that panics has failed, and takes nobody with it.
pub(super) async fn timed<'a, T: 'a>(
    host: &impl Host,
    time: Duration,
    step: impl FnOnce() -> StoreFuture<'a, T>,
) -> Result<T, StoreError> {
    let step = CatchPanic::new(async move { step().await });
    match within(step, host.sleep(time)).await {
        Some(Ok(outcome)) => outcome,
        Some(Err(_)) => Err(StoreError::unavailable("the store panicked")),
        None => Err(StoreError::timeout()),
    }
}

pub(super) fn log_failure<P: Provider>(endpoint: &str, step: &'static str, error: &StoreError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(sender = P::NAME, endpoint, step, cause, "{error}");
}
