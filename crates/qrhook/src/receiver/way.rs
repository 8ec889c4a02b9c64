//! The steps behind the verification: claim, handler, commit or release.

use std::{
    borrow::Cow,
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    ContentDedupe, Host, IdConflict, Inner, Receiver,
    host::{CatchPanic, Panicked, within},
    load::Running,
};
use crate::{
    delivery::{Delivery, Flags},
    event::{Event, Identity},
    provider::{Provider, StoreFailure},
    rejection::Rejection,
    store::{self, Claim, Key, Outcome, Settled, StoreError, Terms},
    verify::Form,
};

/// What a handler says at its end.
#[derive(Debug)]
pub enum Handled<T> {
    /// The event is handled: the claim is committed, then this is the answer.
    Done(T),
    /// It is not: the claim is released, then this is the answer.
    Failed(T),
}

/// A verified delivery with a place among the running handlers, not yet claimed.
pub struct Accepted<P: Provider> {
    pub(super) receiver: Receiver<P>,
    pub(super) delivery: Delivery<P>,
    pub(super) running: Running,
    pub(super) started: Instant,
}

/// A delivery that is ours to handle. Dropped without [`run`](Self::run), its claim ends with the lease.
#[must_use = "the claim is settled by `run`"]
pub struct Opened<P: Provider> {
    receiver: Receiver<P>,
    delivery: Arc<Delivery<P>>,
    claim: Option<Held>,
    running: Running,
    started: Instant,
}

/// A claim, and when its lease is over at the latest by our own clock.
struct Held {
    claim: Claim,
    lease_until: Instant,
}

/// How long before the deadline an answer that waits for its commit goes out without it.
const HEAD_START: Duration = Duration::from_millis(250);

/// The least that a commit gets, even if the handler took all the time there was.
const COMMIT_TIME: Duration = Duration::from_millis(100);

impl<P: Provider> Accepted<P> {
    /// Claims the event: the last step before the handler.
    ///
    /// # Errors
    ///
    /// [`Rejection::Duplicate`], [`Rejection::InFlight`] or [`Rejection::Store`].
    pub async fn open(mut self, host: &impl Host) -> Result<Opened<P>, Rejection> {
        let claimed_at = host.now();
        let (claim, flags) = self.claim(host).await.inspect_err(|rejection| self.receiver.log(rejection))?;
        self.delivery.flags = flags;
        let Self { receiver, delivery, running, started } = self;
        let lease_until = claimed_at.checked_add(receiver.inner.settings.lease).unwrap_or(claimed_at);
        let claim = claim.map(|claim| Held { claim, lease_until });
        Ok(Opened { receiver, delivery: Arc::new(delivery), claim, running, started })
    }

    /// [`open`](Self::open) and [`Opened::run`] in one: what an adapter spawns.
    pub async fn run<T, F: Future<Output = Handled<T>>>(
        self,
        host: &impl Host,
        handler: impl FnOnce(Arc<Delivery<P>>) -> F,
        reply: impl FnOnce(Result<T, Rejection>),
    ) {
        match self.open(host).await {
            Ok(opened) => opened.run(host, handler, reply).await,
            Err(rejection) => reply(Err(rejection)),
        }
    }

    /// When the request arrived.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The receiver that accepted it.
    pub fn receiver(&self) -> &Receiver<P> {
        &self.receiver
    }

    async fn claim(&self, host: &impl Host) -> Result<(Option<Claim>, Flags), Rejection> {
        let inner = &*self.receiver.inner;
        let mut flags = Flags::default();
        let Some(id) = self.identity() else { return Ok((None, flags)) };
        let occurrence = self.occurrence();
        let mut outcome = inner.claim(host, Key::new(P::NAME, &inner.endpoint, &id), occurrence).await;
        if matches!(outcome, Ok(Outcome::Done { same_occurrence: false }))
            && inner.settings.id_conflict == IdConflict::Deliver
        {
            Rejection::Duplicate { id_conflict: true }.log(P::NAME, &inner.endpoint);
            flags.id_conflict = true;
            let key = Key::with_occurrence(P::NAME, &inner.endpoint, &id, occurrence);
            outcome = inner.claim(host, key, occurrence).await;
        }
        match outcome {
            Ok(Outcome::Acquired(claim)) => Ok((Some(claim), flags)),
            Ok(Outcome::InFlight) => Err(Rejection::InFlight),
            Ok(Outcome::Done { same_occurrence }) => Err(Rejection::Duplicate { id_conflict: !same_occurrence }),
            Err(error) => {
                inner.log_store("claim", &error);
                if inner.settings.store_failure == StoreFailure::Refuse {
                    return Err(Rejection::Store(error.kind()));
                }
                tracing::error!(
                    sender = P::NAME,
                    endpoint = inner.endpoint,
                    "the event is handed over without a claim, because nobody would send it again"
                );
                flags.unclaimed = true;
                Ok((None, flags))
            }
        }
    }

    /// What the event is known by in the store; `None` when it is not deduplicated.
    fn identity(&self) -> Option<Cow<'_, [u8]>> {
        match self.delivery.event().identity() {
            Identity::Id(id) => Some(Cow::Borrowed(id.as_bytes())),
            Identity::Content { discriminated } => {
                let wanted = match self.receiver.inner.settings.content_dedupe {
                    ContentDedupe::Discriminated => discriminated,
                    ContentDedupe::All => true,
                    ContentDedupe::Off => false,
                };
                let digest = || store::fingerprint(&Form::read_encoded(self.delivery.raw()).sorted()).to_vec();
                wanted.then(|| Cow::Owned(digest()))
            }
        }
    }

    fn occurrence(&self) -> u32 {
        store::occurrence(self.delivery.event_type(), self.delivery.created_at().map(|time| time.as_str()))
    }
}

impl<P: Provider> Opened<P> {
    /// The delivery.
    pub fn delivery(&self) -> &Arc<Delivery<P>> {
        &self.delivery
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
        self.running.start();
        let delivery = Arc::clone(&self.delivery);
        let handler = CatchPanic(Box::pin(async move { handler(delivery).await }));
        match within(handler, host.sleep(self.receiver.inner.settings.handler_limit)).await {
            Some(Ok(Handled::Done(answer))) => self.commit(host, || reply(Ok(answer))).await,
            Some(Ok(Handled::Failed(answer))) => {
                self.release(host).await;
                reply(Ok(answer));
            }
            Some(Err(Panicked)) => self.reject(host, Rejection::HandlerPanicked, reply).await,
            None => self.reject(host, Rejection::HandlerStopped, reply).await,
        }
        self.running.end();
    }

    /// When the request arrived.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The receiver that opened it.
    pub fn receiver(&self) -> &Receiver<P> {
        &self.receiver
    }

    async fn reject<T>(&self, host: &impl Host, rejection: Rejection, reply: impl FnOnce(Result<T, Rejection>)) {
        self.receiver.log(&rejection);
        self.release(host).await;
        reply(Err(rejection));
    }

    /// The effect has happened, so the sender gets its answer even if the store does not take the commit; but until
    /// the lease is over it may yet take it.
    async fn commit(&self, host: &impl Host, reply: impl FnOnce()) {
        let Some(Held { claim, lease_until }) = &self.claim else { return reply() };
        let inner = &*self.receiver.inner;
        let reply_by =
            self.started.checked_add(inner.settings.deadline.saturating_sub(HEAD_START)).unwrap_or(self.started);
        let mut reply = Some(reply);
        let mut pause = Duration::from_millis(20);
        loop {
            // A store that hangs must not keep the answer past the deadline.
            let until_reply = reply_by.saturating_duration_since(host.now()).max(COMMIT_TIME);
            let store_time = inner.settings.store_time;
            let time = if reply.is_some() { store_time.min(until_reply) } else { store_time };
            match timed(host, time, inner.store.commit(claim)).await {
                Ok(Settled::Settled) => break,
                Ok(Settled::Lost) => {
                    tracing::error!(
                        sender = P::NAME,
                        endpoint = inner.endpoint,
                        key = %claim.key(),
                        "the claim was lost before its commit: the event may be handled twice"
                    );
                    break;
                }
                Err(error) => inner.log_store("commit", &error),
            }
            let now = host.now();
            if now >= reply_by
                && let Some(reply) = reply.take()
            {
                tracing::error!(
                    sender = P::NAME,
                    endpoint = inner.endpoint,
                    key = %claim.key(),
                    "the event was handled, and its commit failed until the deadline; it is acknowledged all the same"
                );
                reply();
            }
            if now >= *lease_until {
                tracing::error!(
                    sender = P::NAME,
                    endpoint = inner.endpoint,
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

    async fn release(&self, host: &impl Host) {
        let Some(Held { claim, .. }) = &self.claim else { return };
        let inner = &*self.receiver.inner;
        // A release that fails costs the sender a retry or two: the lease ends by itself.
        match timed(host, inner.settings.store_time, inner.store.release(claim)).await {
            Ok(Settled::Settled) => {}
            Ok(Settled::Lost) => tracing::warn!(
                sender = P::NAME,
                endpoint = inner.endpoint,
                key = %claim.key(),
                "the claim was lost before its release"
            ),
            Err(error) => inner.log_store("release", &error),
        }
    }
}

impl<P: Provider> Receiver<P> {
    /// Waits for the reply of [`Accepted::run`] or [`Opened::run`], until the deadline of its request.
    ///
    /// `reply` gives `None` when the task is gone without one, because its runtime is shutting down.
    ///
    /// # Errors
    ///
    /// The rejection that was the reply, [`Rejection::HandlerTimeout`], or [`Rejection::Closing`].
    pub async fn reply<T>(
        &self,
        host: &impl Host,
        started: Instant,
        reply: impl Future<Output = Option<Result<T, Rejection>>>,
    ) -> Result<T, Rejection> {
        let left = self.deadline().saturating_sub(host.now().saturating_duration_since(started));
        let rejection = match within(reply, host.sleep(left)).await {
            Some(Some(reply)) => return reply,
            Some(None) => Rejection::Closing,
            None => Rejection::HandlerTimeout,
        };
        self.log(&rejection);
        Err(rejection)
    }
}

impl<P: Provider> Inner<P> {
    async fn claim(&self, host: &impl Host, key: Key, occurrence: u32) -> Result<Outcome, StoreError> {
        let terms = Terms::new(self.settings.lease, self.settings.retention, occurrence);
        // Checked when the receiver was built.
        let terms = terms.map_err(StoreError::unavailable)?;
        timed(host, self.settings.store_time, self.store.claim(&key, &terms)).await
    }

    fn log_store(&self, step: &'static str, error: &StoreError) {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::error!(sender = P::NAME, endpoint = self.endpoint, step, cause, "{error}");
    }
}

async fn timed<T>(
    host: &impl Host,
    time: Duration,
    step: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    within(step, host.sleep(time)).await.unwrap_or(Err(StoreError::timeout()))
}

impl<P: Provider> fmt::Debug for Accepted<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}

impl<P: Provider> fmt::Debug for Opened<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
