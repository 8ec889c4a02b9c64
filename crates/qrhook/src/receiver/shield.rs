//! A shield that keeps the panic of a handler or a store from ending the receiver's work.

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll},
};

/// The outcome of a future that panicked. The panic hook has reported it.
#[derive(Debug)]
pub(super) struct Panicked;

/// Turns a panic of a future into a value, and swallows a panic of its drop, so that a claim is always settled.
pub(super) async fn shielded<F: Future>(future: F) -> Result<F::Output, Panicked> {
    let mut future = Shield(pin!(Some(future)));
    poll_fn(|context| future.poll(context)).await
}

/// Polls a future once, and returns it if it is still pending. A future that panics counts as finished, as in a task.
pub(super) async fn begun<F: Future + Unpin>(mut future: F) -> Option<F> {
    let polled = poll_fn(|context| {
        let poll = AssertUnwindSafe(|| Pin::new(&mut future).poll(context));
        Poll::Ready(catch_unwind(poll))
    });
    let polled = polled.await;
    if let Ok(Poll::Pending) = polled {
        return Some(future);
    }
    let _ = catch_unwind(AssertUnwindSafe(|| drop(future)));
    None
}

struct Shield<'p, F>(Pin<&'p mut Option<F>>);

impl<F: Future> Shield<'_, F> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<F::Output, Panicked>> {
        let Some(future) = self.0.as_mut().as_pin_mut() else { return Poll::Ready(Err(Panicked)) };
        // A future that panicked is dropped and never polled again, so its broken state is never observed.
        match catch_unwind(AssertUnwindSafe(|| future.poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    }
}

impl<F> Drop for Shield<'_, F> {
    fn drop(&mut self) {
        // The panic hook has reported it, and the work after this drop must still be done.
        let _ = catch_unwind(AssertUnwindSafe(|| self.0.set(None)));
    }
}
