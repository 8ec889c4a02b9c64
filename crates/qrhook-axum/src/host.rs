//! Tokio, as a receiver's host.

use std::{future::Future, time::Duration};

use qrhook::receiver::Host;

/// Tokio's timers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tokio;

impl Host for Tokio {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}
