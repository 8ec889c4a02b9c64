//! What a receiver needs of the program that it runs in.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// The clock and the timers of a runtime. The core has none; an adapter brings its host's.
pub trait Host: Send + Sync + 'static {
    /// The moment by the clock that [`sleep`](Self::sleep) goes by.
    fn now(&self) -> Instant;

    /// Waits for this long.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// Waits for a future, or for the end of a sleep: `None` when that came first.
pub async fn within<F: Future>(future: F, sleep: impl Future<Output = ()>) -> Option<F::Output> {
    let (mut future, mut sleep) = (pin!(future), pin!(sleep));
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        sleep.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// Turns a panic of a future, also of its drop, into a value or nothing, so that its claim is released.
pub(super) struct CatchPanic<F>(Option<Pin<Box<F>>>);

impl<F> CatchPanic<F> {
    pub(super) fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

/// The future panicked. What it said went to the panic hook already.
#[derive(Debug)]
pub(super) struct Panicked;

impl<F: Future> Future for CatchPanic<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else { return Poll::Ready(Err(Panicked)) };
        // A future that panicked is dropped and never polled again, so its broken state is seen by nobody.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}

impl<F> Drop for CatchPanic<F> {
    fn drop(&mut self) {
        let future = self.0.take();
        // The panic hook has told of it; what comes after it still has to be done.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(future)));
    }
}
