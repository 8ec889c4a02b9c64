//! Keeping a panic of somebody else's future from taking the receiver's work with it.

use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

/// Turns a panic of a future into a value, and swallows one of its drop, so that a claim is always settled.
pub(super) struct CatchPanic<F>(Option<Pin<Box<F>>>);

impl<F> CatchPanic<F> {
    pub(super) fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

/// The future panicked. The panic hook has reported it.
#[derive(Debug)]
pub(super) struct Panicked;

impl<F: Future> Future for CatchPanic<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else { return Poll::Ready(Err(Panicked)) };
        // A future that panicked is dropped and never polled again, so nobody sees its broken state.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}

impl<F> Drop for CatchPanic<F> {
    fn drop(&mut self) {
        let future = self.0.take();
        // The panic hook has reported it; what comes after still has to be done.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(future)));
    }
}
