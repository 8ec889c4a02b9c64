//! The first half of the way behind the verification: the claim.

use std::{borrow::Cow, fmt, future::Future, sync::Arc, time::Instant};

use super::{
    ContentDedupe, Handled, Host, IdConflict, Opened, Receiver,
    load::Running,
    opened::Lease,
    steps::{log_failure, timed},
};
use crate::{
    body::Form,
    delivery::{Delivery, Flags},
    event::{Identity, WebhookEvent},
    provider::{Provider, StoreFailure},
    rejection::Rejection,
    store::{self, Claim, ClaimRequest, Key, Outcome, StoreError, Terms},
};

/// A verified delivery with a place among the running handlers, not yet claimed.
pub struct Accepted<P: Provider> {
    pub(super) receiver: Receiver<P>,
    pub(super) delivery: Delivery<P>,
    pub(super) running: Running,
    pub(super) started: Instant,
}

impl<P: Provider> Accepted<P> {
    /// Claims the event: the last step before the handler.
    ///
    /// Belongs, like [`run`](Self::run), into a task that nobody cancels: a store may take a claim whose answer nobody
    /// waits for, and such a claim only ends with its lease.
    ///
    /// # Errors
    ///
    /// [`Rejection::Duplicate`], [`Rejection::InFlight`] or [`Rejection::Store`].
    pub async fn open(mut self, host: &impl Host) -> Result<Opened<P>, Rejection> {
        let claimed_at = host.now();
        let (claim, flags) = self.claim(host).await.inspect_err(|rejection| self.receiver.log(rejection))?;
        self.delivery.flags = flags;
        let Self { receiver, delivery, running, started } = self;
        let until = claimed_at.checked_add(receiver.inner.settings.lease).unwrap_or(claimed_at);
        let lease = claim.map(|claim| Lease { claim, until });
        Ok(Opened::new(receiver, Arc::new(delivery), lease, running, started))
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
        let (endpoint, settings) = (self.receiver.endpoint(), &self.receiver.inner.settings);
        let (mut flags, claim_request) = (Flags::default(), self.claim_request());
        if settings.manual_claims {
            return Ok((None, Flags { manual_claim: true, claim_request, ..flags }));
        }
        let Some(request) = claim_request else { return Ok((None, flags)) };
        let mut outcome = self.claim_key(host, request.key(), request.terms()).await;
        if let (Ok(Outcome::Done { same_occurrence: false }), Some(key)) = (&outcome, request.conflict_key()) {
            self.receiver.count("id-conflict");
            tracing::warn!(
                sender = P::NAME,
                endpoint,
                "another event with this id was handled before, of another type or time of creation; this one is \
                 handed over if it was not handled itself"
            );
            flags.id_conflict = true;
            outcome = self.claim_key(host, key, request.terms()).await;
        }
        match outcome {
            Ok(Outcome::Acquired(claim)) => Ok((Some(claim), flags)),
            Ok(Outcome::InFlight) => Err(Rejection::InFlight),
            Ok(Outcome::Done { same_occurrence }) => Err(Rejection::Duplicate { id_conflict: !same_occurrence }),
            Err(error) => {
                log_failure::<P>(endpoint, "claim", &error);
                if settings.store_failure == StoreFailure::Refuse {
                    return Err(Rejection::Store(error.kind()));
                }
                self.receiver.count("unclaimed");
                tracing::error!(
                    sender = P::NAME,
                    endpoint,
                    "the event is handed over without a claim, because nobody would send it again"
                );
                flags.unclaimed = true;
                Ok((None, flags))
            }
        }
    }

    async fn claim_key(&self, host: &impl Host, key: &Key, terms: &Terms) -> Result<Outcome, StoreError> {
        let inner = &*self.receiver.inner;
        timed(host, inner.settings.store_time, || inner.store.claim(key, terms)).await
    }

    /// What the event is claimed by; `None` when it is not deduplicated.
    fn claim_request(&self) -> Option<ClaimRequest> {
        let (endpoint, inner) = (self.receiver.endpoint(), &self.receiver.inner);
        let (id, occurrence) = (self.identity()?, self.occurrence());
        let conflict_key = match inner.settings.id_conflict {
            IdConflict::Duplicate => None,
            IdConflict::Deliver => Some(Key::with_occurrence(P::NAME, endpoint, &id, occurrence)),
        };
        Some(ClaimRequest::new(Key::new(P::NAME, endpoint, &id), conflict_key, inner.terms.for_occurrence(occurrence)))
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

impl<P: Provider> fmt::Debug for Accepted<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
