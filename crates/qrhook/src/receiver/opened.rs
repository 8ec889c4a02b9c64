//! The second half: the handler, and the commit or release of its claim.

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Host, Receiver,
    host::{CatchPanic, Panicked, within},
    load::Running,
    steps::{log_failure, timed},
};
use crate::{
    delivery::Delivery,
    provider::Provider,
    rejection::Rejection,
    store::{Claim, Settled},
};

/// What a handler says at its end.
#[derive(Debug)]
pub enum Handled<T> {
    /// The event is handled: the claim is committed, then this is the answer.
    Done(T),
    /// It is not: the claim is released, then this is the answer.
    Failed(T),
    /// It is not this handler's: one that claims by itself found it handled, or being handled. This is the answer.
    Rejected(T, Rejection),
}

/// A delivery that is ours to handle. Dropped without [`run`](Self::run) or [`release`](Self::release), its claim ends
/// with the lease.
#[must_use = "the claim is settled by `run` or `release`"]
pub struct Opened<P: Provider> {
    receiver: Receiver<P>,
    delivery: Arc<Delivery<P>>,
    lease: Option<Lease>,
    running: Running,
    started: Instant,
}

/// A claim, and when it is over by our own clock, which started before the store's.
pub(super) struct Lease {
    pub(super) claim: Claim,
    pub(super) until: Instant,
}

/// How long before the deadline an answer that waits for its commit goes out without it.
const HEAD_START: Duration = Duration::from_millis(250);

/// The least that a commit gets, even if the handler took all the time there was.
const COMMIT_TIME: Duration = Duration::from_millis(100);

impl<P: Provider> Opened<P> {
    pub(super) fn new(
        receiver: Receiver<P>,
        delivery: Arc<Delivery<P>>,
        lease: Option<Lease>,
        running: Running,
        started: Instant,
    ) -> Self {
        Self { receiver, delivery, lease, running, started }
    }

    /// The delivery.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        &self.delivery
    }

    /// When the request arrived.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The receiver that opened it.
    pub fn receiver(&self) -> &Receiver<P> {
        &self.receiver
    }

    /// Runs the handler and settles its claim.
    ///
    /// `reply` gets the answer as soon as it is certain: after the commit or the release, or shortly before the
    /// deadline when a store keeps the commit waiting. This future goes on until the claim is settled or its lease is
    /// over, so it belongs into a task that nobody cancels.
    pub async fn run<T, F: Future<Output = Handled<T>>>(
        mut self,
        host: &impl Host,
        handler: impl FnOnce(Arc<Delivery<P>>) -> F,
        reply: impl FnOnce(Result<T, Rejection>),
    ) {
        let Some(limit) = self.handler_limit(host.now()) else {
            return self.reject(host, Rejection::LeaseOver, reply).await;
        };
        self.running.start();
        let delivery = Arc::clone(&self.delivery);
        let handler = CatchPanic::new(async move { handler(delivery).await });
        match within(handler, host.sleep(limit)).await {
            Some(Ok(Handled::Done(answer))) => {
                self.receiver.count("handled");
                self.commit(host, || reply(Ok(answer))).await;
            }
            Some(Ok(Handled::Failed(answer))) => {
                self.receiver.count("failed");
                self.settle_release(host).await;
                reply(Ok(answer));
            }
            Some(Ok(Handled::Rejected(answer, rejection))) => {
                self.receiver.log(&rejection);
                match rejection {
                    Rejection::Duplicate { .. } => self.commit(host, || reply(Ok(answer))).await,
                    _ => {
                        self.settle_release(host).await;
                        reply(Ok(answer));
                    }
                }
            }
            Some(Err(Panicked)) => self.reject(host, Rejection::HandlerPanicked, reply).await,
            None => self.reject(host, Rejection::HandlerStopped, reply).await,
        }
        let Self { receiver, mut running, .. } = self;
        running.end();
        // A drain has nothing to wait for any more.
        drop(running);
        receiver.sweep_if_due(host).await;
    }

    /// Gives the event back without a handler, so that it can be claimed again at once.
    pub async fn release(self, host: &impl Host) {
        self.settle_release(host).await;
    }

    /// How long the handler may take: its limit, but not past the lease, of which some may be over already. `None` when
    /// nothing is left.
    fn handler_limit(&self, now: Instant) -> Option<Duration> {
        let settings = &self.receiver.inner.settings;
        let Some(lease) = &self.lease else { return Some(settings.handler_limit) };
        let left = lease.until.saturating_duration_since(now).saturating_sub(settings.store_time);
        Some(left.min(settings.handler_limit)).filter(|limit| !limit.is_zero())
    }

    async fn reject<T>(&self, host: &impl Host, rejection: Rejection, reply: impl FnOnce(Result<T, Rejection>)) {
        self.receiver.log(&rejection);
        self.settle_release(host).await;
        reply(Err(rejection));
    }

    /// The effect has happened, so the sender gets its answer even if the store does not take the commit; but until
    /// the lease is over it may yet take it.
    async fn commit(&self, host: &impl Host, reply: impl FnOnce()) {
        let Some(Lease { claim, until }) = &self.lease else { return reply() };
        let (inner, endpoint) = (&*self.receiver.inner, self.receiver.endpoint());
        let deadline = inner.settings.deadline.saturating_sub(HEAD_START);
        let reply_by = self.started.checked_add(deadline).unwrap_or(self.started);
        let mut reply = Some(reply);
        let mut pause = Duration::from_millis(20);
        loop {
            // A store that hangs must not keep the answer past the deadline.
            let until_reply = reply_by.saturating_duration_since(host.now()).max(COMMIT_TIME);
            let store_time = inner.settings.store_time;
            let time = if reply.is_some() { store_time.min(until_reply) } else { store_time };
            match timed(host, time, || inner.store.commit(claim)).await {
                Ok(Settled::Applied) => break,
                Ok(Settled::Lost) => {
                    tracing::error!(
                        sender = P::NAME,
                        endpoint,
                        key = %claim.key(),
                        "the claim was lost before its commit: the event may be handled twice"
                    );
                    break;
                }
                Err(error) => log_failure::<P>(endpoint, "commit", &error),
            }
            let now = host.now();
            if now >= reply_by
                && let Some(reply) = reply.take()
            {
                tracing::error!(
                    sender = P::NAME,
                    endpoint,
                    key = %claim.key(),
                    "the event was handled, and its commit failed until the deadline; it is acknowledged all the same"
                );
                reply();
            }
            if now >= *until {
                tracing::error!(
                    sender = P::NAME,
                    endpoint,
                    key = %claim.key(),
                    "the commit failed until the end of the lease: a repeat of the event would be handled again"
                );
                break;
            }
            host.sleep(pause).await;
            pause = pause.saturating_mul(2).min(COMMIT_TIME);
        }
        if let Some(reply) = reply {
            reply();
        }
    }

    async fn settle_release(&self, host: &impl Host) {
        let Some(Lease { claim, .. }) = &self.lease else { return };
        let (inner, endpoint) = (&*self.receiver.inner, self.receiver.endpoint());
        // A release that fails costs the sender a retry or two: the lease ends by itself.
        match timed(host, inner.settings.store_time, || inner.store.release(claim)).await {
            Ok(Settled::Applied) => {}
            Ok(Settled::Lost) => tracing::warn!(
                sender = P::NAME,
                endpoint,
                key = %claim.key(),
                "the claim was lost before its release"
            ),
            Err(error) => log_failure::<P>(endpoint, "release", &error),
        }
    }
}

impl<P: Provider> fmt::Debug for Opened<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
