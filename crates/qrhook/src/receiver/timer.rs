//! Time limits. A step that is ready at its first poll, as most are, needs no timer.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, timeout, timeout_at};

/// Returns the output of a future, or `None` if it is not ready by this moment.
pub(super) async fn until<F: Future>(end: Instant, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    match poll_once(future.as_mut()).await {
        Poll::Ready(output) => Some(output),
        Poll::Pending => timeout_at(end, future).await.ok(),
    }
}

/// Returns the output of a future, or `None` if it takes longer than this.
pub(super) async fn within<F: Future>(time: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    match poll_once(future.as_mut()).await {
        Poll::Ready(output) => Some(output),
        Poll::Pending => timeout(time, future).await.ok(),
    }
}

pub(super) async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}
