//! A claim that was requested, and that its caller has not received yet.

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

/// Waits for the outcome of a claim. If it is dropped before it returns the outcome, it releases the claim.
///
/// The guard is here and not in the result that the writer sends: a sender of requests inside the result would keep the
/// writer alive for as long as the result is not received.
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
        // From here on, the writer sees that the caller is gone, and releases the claim itself. Anything it sent before
        // is already here. The channel ensures that exactly one of the two holds the claim.
        self.answer.close();
        if let Ok(Some(Ok(Outcome::Acquired(claim)))) = self.answer.try_recv() {
            // Never blocks. If the queue is full or the writer has ended, the claim ends with its lease.
            let _ = self.requests.try_send(Request::Release(claim, Waiter::new().0));
        }
    }
}
