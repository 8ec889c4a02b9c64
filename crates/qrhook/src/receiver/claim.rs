//! The claim of an event: the last step before its handler.

use std::future::Future;

use tracing::Instrument;

use super::{Accepted, ContentDedupe, IdConflict, Opened, Reply, lease::Lease, reply::replying, report::Report};
use crate::{
    delivery::Flags,
    event::{Identity, WebhookEvent},
    provider::{Provider, StoreFailure},
    rejection::Rejection,
    store::{self, Claim, ClaimRequest, Key, Origin, Outcome, StoreError, Terms},
};

impl<P: Provider> Accepted<P> {
    /// Claims the event, for an extractor.
    ///
    /// Returns the work, for [`Reply::wait`], and its reply. If the opened delivery is dropped unreceived, its claim is
    /// released. If the store grants the claim after its time limit, the claim ends with its lease.
    ///
    /// If there is nothing to handle, the reply is [`Rejection::Duplicate`], [`Rejection::InFlight`],
    /// [`Rejection::Store`] or [`Rejection::TooManyHandlers`].
    pub fn open(self) -> (impl Future<Output = ()> + Send, Reply<P, Opened<P>>) {
        let (sender, reply) = replying(&self.receiver, &self.delivery, self.started);
        let span = self.span.clone();
        let work = async move { sender.send(self.claim().await) }.instrument(span);
        (work, reply)
    }

    /// Waits for a place among the running handlers, then claims the event.
    pub(super) async fn claim(mut self) -> Result<Opened<P>, Rejection> {
        let claimed = match self.wait_for_place().await {
            Ok(()) => self.try_claim().await,
            Err(rejection) => Err(rejection),
        };
        let (lease, flags) = claimed.inspect_err(|rejection| self.report().rejected(rejection))?;
        // Fails only if they were set before, and a delivery is claimed once.
        let _ = self.delivery.flags.set(flags);
        Ok(Opened::new(self, lease))
    }

    /// An event whose sender does not retry waits as long as necessary, and is handled even after the deadline of its
    /// request.
    async fn wait_for_place(&mut self) -> Result<(), Rejection> {
        let settings = &self.receiver.inner.settings;
        let until = (settings.store_failure == StoreFailure::Refuse).then(|| settings.answer_by(self.started));
        self.running.wait_for_place(until).await
    }

    async fn try_claim(&self) -> Result<(Option<Lease>, Flags), Rejection> {
        let inner = &self.receiver.inner;
        let (mut flags, claim_request) = (Flags::default(), self.claim_request());
        if inner.settings.manual_claims {
            return Ok((None, Flags { manual_claim: true, claim_request, ..flags }));
        }
        let Some(request) = claim_request else { return Ok((None, flags)) };
        let claimed_at = inner.clock.monotonic();
        let lease = |claim: Claim| Lease::new(claim, claimed_at.saturating_add(inner.settings.lease));
        let mut outcome = self.claim_key(request.key(), request.terms()).await;
        if let (Ok(Outcome::Done { same_occurrence: false }), Some(key)) = (&outcome, request.conflict_key()) {
            self.report().id_conflict();
            flags.id_conflict = true;
            outcome = self.claim_key(key, request.terms()).await;
        }
        match outcome {
            Ok(Outcome::Acquired(claim)) => Ok((Some(lease(claim)), flags)),
            Ok(Outcome::InFlight) => Err(Rejection::InFlight),
            Ok(Outcome::Done { same_occurrence }) => Err(Rejection::Duplicate { id_conflict: !same_occurrence }),
            Err(error) => {
                self.report().store_failed("claim", &error);
                if inner.settings.store_failure == StoreFailure::Refuse {
                    return Err(Rejection::Store(error.kind()));
                }
                self.report().unclaimed();
                flags.unclaimed = true;
                Ok((None, flags))
            }
        }
    }

    async fn claim_key(&self, key: &Key, terms: &Terms) -> Result<Outcome, StoreError> {
        let inner = &*self.receiver.inner;
        self.receiver.store_step("claim", inner.settings.store_time, || inner.store.claim(key, terms)).await
    }

    pub(super) fn report(&self) -> Report<'_, P> {
        Report { receiver: &self.receiver, delivery: &self.delivery, started: self.started, span: &self.span }
    }

    /// Returns the key and terms of the claim, or `None` if the event is not deduplicated.
    fn claim_request(&self) -> Option<ClaimRequest> {
        let (endpoint, inner) = (self.receiver.endpoint(), &self.receiver.inner);
        let (id, occurrence) = (self.identity()?, self.occurrence());
        let origin = Origin { sender: self.delivery.sender(), endpoint, tenant: self.delivery.tenant() };
        let conflict_key = match inner.settings.id_conflict {
            IdConflict::Duplicate => None,
            IdConflict::Deliver => Some(Key::of(&origin, id, Some(occurrence))),
        };
        Some(ClaimRequest::new(Key::of(&origin, id, None), conflict_key, inner.terms.for_occurrence(occurrence)))
    }

    /// Returns the bytes that identify the event in the store, or `None` if it is not deduplicated.
    fn identity(&self) -> Option<&[u8]> {
        if let Some(id) = self.delivery.id() {
            return Some(id.as_bytes());
        }
        let wanted = match self.delivery.event().identity() {
            // It is that of the delivery.
            Identity::Id(_) => false,
            Identity::Content { discriminated } => match self.receiver.inner.settings.content_dedupe {
                ContentDedupe::Discriminated => discriminated,
                ContentDedupe::All => true,
                ContentDedupe::Off => false,
            },
        };
        self.delivery.fingerprint.as_ref().filter(|_| wanted).map(|fingerprint| &fingerprint[..])
    }

    fn occurrence(&self) -> u32 {
        store::occurrence(self.delivery.event_type(), self.delivery.created_at().map(|time| time.as_str()))
    }
}
