//! Tokio, as a receiver's host.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use qrhook::receiver::Host;

/// Tokio's clock and timers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tokio;

impl Host for Tokio {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}
