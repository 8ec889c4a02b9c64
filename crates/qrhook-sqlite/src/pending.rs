//! A claim that was asked for and is not in its caller's hands yet.

use std::{
    pin::Pin,
    sync::mpsc::SyncSender,
    task::{Context, Poll},
};

use futures_channel::oneshot;
use qrhook::store::{Outcome, StoreError};

use crate::{
    error,
    request::{Request, Waiter},
};

/// Waits for the outcome of a claim. Dropped before it gave the outcome away, it releases the claim.
///
/// The guard stands here rather than in what the writer sends: a sender of requests inside the answer would keep the
/// writer alive for as long as the answer lies about.
pub(crate) struct PendingClaim<'s> {
    pub(crate) answer: oneshot::Receiver<Result<Outcome, StoreError>>,
    pub(crate) requests: &'s SyncSender<Request>,
}

impl Future for PendingClaim<'_> {
    type Output = Result<Outcome, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(context).map(|answer| answer.unwrap_or_else(|_| Err(error::writer_gone())))
    }
}

impl Drop for PendingClaim<'_> {
    fn drop(&mut self) {
        // From here on the writer sees that nobody waits, and gives back the claim by itself. What it sent before is
        // here. The channel sees to it that exactly one of the two has the claim.
        self.answer.close();
        if let Ok(Some(Ok(Outcome::Acquired(claim)))) = self.answer.try_recv() {
            // Never blocks. If the queue is full or the writer is gone, the lease ends the claim.
            let _ = self.requests.try_send(Request::Release(claim, Waiter::new().0));
        }
    }
}
