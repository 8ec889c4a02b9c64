//! A request that was verified: proof, then decode.

mod verifier;

use std::fmt;

use bytes::Bytes;

pub use self::verifier::{Verifier, verify};
use crate::{
    event::{Identity, Oddities, Oddity, Scan, WebhookEvent},
    provider::Provider,
    store::{ClaimNotManual, ClaimRequest},
    time::{Timestamp, UnixTime},
    verify::{MatchedSecret, Proof},
};

/// A verified request: its event, and what is known about how it came.
///
/// Only verification makes one, so a function that takes a `Delivery` needs no check of its own.
pub struct Delivery<P: Provider> {
    event: P::Event,
    oddities: Vec<Oddity>,
    raw: Bytes,
    proof: Proof,
    /// Takes the place of the id in a store.
    pub(crate) fingerprint: Option<[u8; 32]>,
    pub(crate) flags: Flags,
}

/// What the receiver found out about a delivery at its claim.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) manual_claim: bool,
    pub(crate) claim_request: Option<ClaimRequest>,
    pub(crate) id_conflict: bool,
    pub(crate) unclaimed: bool,
}

impl<P: Provider> Delivery<P> {
    fn new(event: P::Event, oddities: Oddities, raw: Bytes, proof: Proof, fingerprint: Option<[u8; 32]>) -> Self {
        Self { event, oddities: oddities.into_vec(), raw, proof, fingerprint, flags: Flags::default() }
    }

    /// The decoded event.
    pub fn event(&self) -> &P::Event {
        &self.event
    }

    /// The event alone.
    pub fn into_event(self) -> P::Event {
        self.event
    }

    /// The verified body, byte for byte as it was received.
    ///
    /// For a sender whose secret stands in the body (QR Planet) it is the form without that field, because the secret does
    /// not get past verification. A form that was not url-encoded, or that held the secret elsewhere too, is url-encoded
    /// again.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The event's id, if its sender gives ids.
    pub fn id(&self) -> Option<&str> {
        match self.event.identity() {
            Identity::Id(id) => Some(id),
            Identity::Content { .. } => None,
        }
    }

    /// The event's type on the wire. `None` when it named none.
    pub fn event_type(&self) -> Option<&str> {
        self.event.event_type()
    }

    /// When the event was created, as the sender says.
    pub fn created_at(&self) -> Option<&Timestamp> {
        self.event.created_at()
    }

    /// The view of a scan that is the same for all senders; `None` when this is no scan.
    pub fn scan(&self) -> Option<Scan<'_>> {
        self.event.scan()
    }

    /// When this delivery was signed. `None` for senders that sign no time.
    pub fn signed_at(&self) -> Option<UnixTime> {
        self.proof.signed_at
    }

    /// Which secret matched.
    pub fn matched_secret(&self) -> &MatchedSecret {
        &self.proof.secret
    }

    /// What does not fit in the event. Log or count it: it usually means that the platform changed its schema.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// The key and terms of the claim, for a handler that makes it. `None` when the event is not deduplicated.
    ///
    /// # Errors
    ///
    /// When the receiver is not built [with manual
    /// claims](crate::receiver::ReceiverBuilder::with_manual_claims): a mistake in the program, which would handle every
    /// repeat.
    pub fn claim_request(&self) -> Result<Option<&ClaimRequest>, ClaimNotManual> {
        if self.flags.manual_claim { Ok(self.flags.claim_request.as_ref()) } else { Err(ClaimNotManual) }
    }

    /// Whether another event with this id was handled before, of another type or time of creation. Such a delivery
    /// only comes through under [`IdConflict::Deliver`](crate::receiver::IdConflict::Deliver).
    pub fn id_conflict(&self) -> bool {
        self.flags.id_conflict
    }

    /// Whether the store failed at the claim, so that this event may have been handled before. Only for senders that
    /// would not send it again.
    pub fn unclaimed(&self) -> bool {
        self.flags.unclaimed
    }
}

impl<P: Provider<Event: Clone>> Clone for Delivery<P> {
    fn clone(&self) -> Self {
        Self {
            event: self.event.clone(),
            oddities: self.oddities.clone(),
            raw: self.raw.clone(),
            proof: self.proof.clone(),
            fingerprint: self.fingerprint,
            flags: self.flags,
        }
    }
}

/// Does not show the raw body.
impl<P: Provider> fmt::Debug for Delivery<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("sender", &P::NAME)
            .field("event", &self.event)
            .field("oddities", &self.oddities)
            .field("proof", &self.proof)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
