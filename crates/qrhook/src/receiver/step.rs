//! The steps of a store, each with a time limit.

use std::time::Duration;

use super::{shield::shielded, timer::within};
use crate::{
    provider::Provider,
    store::{StoreError, StoreFuture},
};

/// Runs a step with this time limit. A panic in the store counts as a failed step and does not propagate.
pub(super) async fn timed<'a, T: 'a>(
    time: Duration,
    step: impl FnOnce() -> StoreFuture<'a, T>,
) -> Result<T, StoreError> {
    match within(time, shielded(async move { step().await })).await {
        Some(Ok(outcome)) => outcome,
        Some(Err(_)) => Err(StoreError::unavailable("the store panicked")),
        None => Err(StoreError::timeout()),
    }
}

pub(super) fn log_failure<P: Provider>(endpoint: &str, step: &'static str, error: &StoreError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(sender = P::NAME, endpoint, step, cause, "{error}");
}
