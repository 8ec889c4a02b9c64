//! Time limits. A future that is ready at its first poll, as most are, needs no timer.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

use crate::clock::after;

/// Returns the output of a future, or `None` if it is not ready by this moment.
pub(super) async fn until<F: Future>(end: Instant, future: F) -> Option<F::Output> {
    let (mut future, mut timer) = (pin!(future), pin!(None));
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        if timer.is_none() {
            timer.set(Some(sleep_until(end)));
        } else if Instant::now() >= end {
            // Needed because a future that uses up the task's budget would keep the timer from firing.
            return Poll::Ready(None);
        }
        timer.as_mut().as_pin_mut().map_or(Poll::Pending, |timer| timer.poll(context).map(|()| None))
    })
    .await
}

/// Returns the output of a future, or `None` if it takes longer than this from now.
pub(super) async fn within<F: Future>(time: Duration, future: F) -> Option<F::Output> {
    until(after(Instant::now(), time), future).await
}
