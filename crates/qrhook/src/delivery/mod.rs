//! Verified requests.

mod verifier;

use std::{fmt, sync::OnceLock};

use bytes::Bytes;

pub use self::verifier::{Verifier, verify};
use crate::{
    event::{Identity, Oddity, Scan, WebhookEvent},
    provider::Provider,
    store::{ClaimNotManual, ClaimRequest},
    time::{Timestamp, UnixTime},
    verify::{MatchedSecret, Proof},
};

/// A verified request: its event, its raw body, and the facts that verification established.
///
/// Only verification creates a `Delivery`, so a function that takes one needs no check of its own.
///
/// # Example
///
/// ```
/// use qrhook::{Delivery, Secrets, UnixTime, qrstudio::QrStudio};
///
/// fn describe(delivery: &Delivery<QrStudio>) -> String {
///     let code = delivery.scan().and_then(|scan| scan.code);
///     format!("{} of {}", delivery.event_type().unwrap_or("event"), code.unwrap_or("no code"))
/// }
///
/// # let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
/// # let headers = [(
/// #     "X-QRStudio-Signature",
/// #     "t=1778335283,v1=c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a",
/// # )];
/// # let now = UnixTime::from_secs(1778335290);
/// let body = r#"{"type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
/// let delivery = qrhook::verify::<QrStudio>(headers, body, &secrets, now)?;
///
/// assert_eq!(describe(&delivery), "scan.created of aBc12dEf");
/// assert_eq!(delivery.id(), Some("evt_vector1"));
/// assert_eq!(delivery.raw(), body.as_bytes());
/// assert_eq!(delivery.signed_at(), Some(UnixTime::from_secs(1778335283)));
/// assert!(delivery.oddities().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Delivery<P: Provider> {
    sender: &'static str,
    event: P::Event,
    oddities: Vec<Oddity>,
    raw: Bytes,
    proof: Proof,
    /// Used instead of the id in a store, for an event without one.
    pub(crate) fingerprint: Option<[u8; 32]>,
    /// Set at the claim. Empty before it, and without a receiver.
    pub(crate) flags: OnceLock<Flags>,
}

/// The findings of the receiver at the claim.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) manual_claim: bool,
    pub(crate) claim_request: Option<ClaimRequest>,
    pub(crate) id_conflict: bool,
    pub(crate) unclaimed: bool,
}

impl<P: Provider> Delivery<P> {
    /// The name of the sender.
    pub fn sender(&self) -> &'static str {
        self.sender
    }

    /// The decoded event.
    pub fn event(&self) -> &P::Event {
        &self.event
    }

    /// Returns the event and drops the rest.
    pub fn into_event(self) -> P::Event {
        self.event
    }

    /// The verified body, byte for byte as it was received.
    ///
    /// For a sender whose secret is in the body (QR Planet), this is the form without that field, because the secret
    /// does not get past verification. A form that was not url-encoded, or that also held the secret elsewhere, is
    /// url-encoded again.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// The event's id, if its sender assigns ids.
    pub fn id(&self) -> Option<&str> {
        let own = match self.event.identity() {
            Identity::Id(id) => Some(id),
            Identity::Content { .. } => None,
        };
        self.proof.id.as_deref().or(own)
    }

    /// The event's type on the wire. `None` when the event does not name one.
    pub fn event_type(&self) -> Option<&str> {
        self.event.event_type()
    }

    /// The time at which the event was created, according to the sender.
    pub fn created_at(&self) -> Option<&Timestamp> {
        self.event.created_at()
    }

    /// The view of a scan that is the same for all senders; `None` when the event is not a scan.
    pub fn scan(&self) -> Option<Scan<'_>> {
        self.event.scan()
    }

    /// The time at which this delivery was signed. `None` for senders that do not sign a time.
    pub fn signed_at(&self) -> Option<UnixTime> {
        self.proof.signed_at
    }

    /// The tenant whose hook it is. `None` for a hook without tenants.
    pub fn tenant(&self) -> Option<&str> {
        self.proof.tenant.as_deref()
    }

    /// The position and label of the secret that matched.
    pub fn matched_secret(&self) -> &MatchedSecret {
        &self.proof.secret
    }

    #[cfg(feature = "receiver")]
    pub(crate) fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The parts of the event that do not fit its type. Log or count them: an oddity usually means that the platform
    /// changed its schema.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// The key and terms of the claim, for a handler that makes the claim itself. `None` when the event is not
    /// deduplicated.
    ///
    /// # Errors
    ///
    /// [`ClaimNotManual`] when the receiver is not built [with manual
    /// claims](crate::receiver::ReceiverBuilder::with_manual_claims). This is a mistake in the program, which would
    /// otherwise handle every repeat.
    pub fn claim_request(&self) -> Result<Option<&ClaimRequest>, ClaimNotManual> {
        let flags = self.flags.get().filter(|flags| flags.manual_claim).ok_or(ClaimNotManual)?;
        Ok(flags.claim_request.as_ref())
    }

    /// Whether an event with this id but another type or creation time was handled before. Such a delivery reaches the
    /// handler only under [`IdConflict::Deliver`](crate::receiver::IdConflict::Deliver).
    pub fn id_conflict(&self) -> bool {
        self.flags.get().is_some_and(|flags| flags.id_conflict)
    }

    /// Whether the store failed at the claim, so that this event may have been handled before. Only events of senders
    /// that do not retry are delivered without a claim.
    pub fn unclaimed(&self) -> bool {
        self.flags.get().is_some_and(|flags| flags.unclaimed)
    }
}

impl<P: Provider<Event: Clone>> Clone for Delivery<P> {
    fn clone(&self) -> Self {
        Self {
            sender: self.sender,
            event: self.event.clone(),
            oddities: self.oddities.clone(),
            raw: self.raw.clone(),
            proof: self.proof.clone(),
            fingerprint: self.fingerprint,
            flags: self.flags.clone(),
        }
    }
}

/// Does not show the raw body.
impl<P: Provider> fmt::Debug for Delivery<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("sender", &self.sender)
            .field("event", &self.event)
            .field("oddities", &self.oddities)
            .field("proof", &self.proof)
            .field("flags", &self.flags.get())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
