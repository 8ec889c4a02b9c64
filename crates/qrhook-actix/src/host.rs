//! Actix's runtime, as a receiver's host.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use qrhook::receiver::Host;

/// The clock and timers of the tokio under actix.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Actix;

impl Host for Actix {
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}
