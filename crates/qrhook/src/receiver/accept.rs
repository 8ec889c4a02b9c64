//! From a request to a verified delivery.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Method;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use super::{
    Receiver,
    bounded_body::{Bounds, Pieces, body_until, read},
    hint::{Hint, Shape},
    place::Running,
    report::{Refused, Report},
    span,
};
use crate::{
    delivery::{Delivery, Verifier},
    provider::Provider,
    rejection::Rejection,
    secret::Whose,
    tenant::{Found, SourceFailed},
    time::UnixTime,
    verify::{Head, Headers, Unverified, VerifyError},
};

/// A verified delivery that counts as running but is not claimed yet.
#[must_use = "nothing is claimed until the delivery is handled or opened"]
pub struct Accepted<P: Provider> {
    pub(super) receiver: Receiver<P>,
    /// Shared from the start: it is large, and every step would move it.
    pub(super) delivery: Arc<Delivery<P>>,
    pub(super) running: Running,
    pub(super) started: Instant,
    pub(super) span: Span,
}

/// Reads and verifies a request. Call it as soon as the request arrives, because the deadline starts here.
///
/// # Errors
///
/// The checks run in this order: the receiver is open ([`Rejection::Closing`]); the method ([`Rejection::Method`]); the
/// headers (signature, announced length, content type); the tenant ([`Rejection::TenantSource`]); the body's time and
/// size; the proof; the content. Each rejection is logged and counted.
pub async fn accept<P: Provider>(
    receiver: &Receiver<P>,
    head: Head<'_, impl Headers>,
    pieces: impl Pieces,
) -> Result<Accepted<P>, Rejection> {
    let started = Instant::now();
    let inner = &receiver.inner;
    // Makes a runtime without timers panic at the first request, rather than later, while a handler waits.
    inner.timers.get_or_init(|| drop(tokio::time::sleep(Duration::ZERO)));
    let failure = inner.settings.store_failure;
    let span = span::request(receiver.sender(), receiver.endpoint());
    let verified = async {
        inner.places.check_open(failure)?;
        let deadline = Some(inner.settings.deadline);
        let verifier = &receiver.verifier;
        let complete =
            |request: &_, body, whose: Whose<'_>, now| verifier.complete_for_a_store(request, body, whose, now);
        verified(verifier, head, pieces, (started, deadline), || inner.clock.unix(), complete).await
    };
    let delivery = verified.instrument(span.clone()).await.map_err(|refused| {
        receiver.count(refused.rejection.reason());
        inner.meter.rejected(&refused.rejection, refused.tenant.as_deref());
        refused.report(receiver.sender(), receiver.endpoint(), started)
    })?;
    span::record_delivery(&span, &delivery);
    let report = Report { receiver, delivery: &delivery, started, span: &span };
    report.verified();
    // Checked again, because a shutdown may have begun while the body was read.
    let running = inner.places.enter(failure).inspect_err(|rejection| report.rejected(rejection))?;
    Ok(Accepted { receiver: receiver.clone(), delivery: Arc::new(delivery), running, started, span })
}

/// Reads and verifies a request without a store, so every repeat is delivered.
///
/// # Errors
///
/// As for [`accept`], except [`Rejection::Closing`]. Each is logged, with `-` as the endpoint.
pub async fn verify<P: Provider>(
    verifier: &Verifier<P>,
    head: Head<'_, impl Headers>,
    pieces: impl Pieces,
) -> Result<Delivery<P>, Rejection> {
    let started = Instant::now();
    let complete = |request: &_, body, whose: Whose<'_>, now| verifier.complete(request, body, whose, now);
    let verified = verified(verifier, head, pieces, (started, None), UnixTime::now, complete).await;
    verified.map_err(|refused| refused.report(verifier.sender(), "-", started))
}

async fn verified<P: Provider>(
    verifier: &Verifier<P>,
    head: Head<'_, impl Headers>,
    pieces: impl Pieces,
    (started, deadline): (Instant, Option<Duration>),
    now: impl FnOnce() -> UnixTime,
    complete: impl FnOnce(&Unverified, Bytes, Whose<'_>, UnixTime) -> Result<Delivery<P>, VerifyError>,
) -> Result<Delivery<P>, Refused> {
    if head.method() != Method::POST {
        return Err(Rejection::Method.into());
    }
    let headers = head.headers();
    let refused = |error: VerifyError, shape, tenant: Option<&Arc<str>>| {
        let hint = Hint::at(&error, headers, shape);
        Refused { rejection: error.into(), hint, tenant: tenant.cloned() }
    };
    let request = verifier.read(&head).map_err(|error| refused(error, Shape::default(), None))?;
    let source = verifier.source();
    let found = match source.tenants() {
        Some(tenants) => {
            let name = tenants.name(&verifier.without_credential(head).erased());
            Some(tenants.find(name).await.map_err(|SourceFailed| Rejection::TenantSource)?)
        }
        None => None,
    };
    let whose = match &found {
        Some(Found::Known(tenant)) => tenant.whose(),
        Some(Found::Unknown) => Whose::nobodys(),
        None => source.fixed().unwrap_or_else(Whose::nobodys),
    };
    let bounds = Bounds {
        limit: verifier.body_limit(),
        announced: request.announced,
        budget: verifier.budget(),
        until: body_until(started, verifier.body_time(), deadline),
    };
    // Counts against the budget until the body is verified.
    let (body, _held): (Bytes, _) = read(pieces, bounds).await?;
    let shape = Shape::of(&body);
    let now = now();
    // Kept only if there is something to compare it with.
    let kept = whose.has_retired().then(|| body.clone());
    complete(&request.unverified, body, whose, now).map_err(|error| {
        let is_mismatch = matches!(
            error,
            VerifyError::SignatureMismatch | VerifyError::TokenMismatch { .. } | VerifyError::CredentialMismatch { .. }
        );
        let mut refused = refused(error, shape, whose.tenant);
        if is_mismatch {
            let unusable =
                verifier.unusable(whose.secrets).map(|(position, reason)| Hint::Unusable { position, reason });
            let replaced = || {
                // Each look hashes the body anew for each of these secrets, and a stranger may cause it.
                let body = kept.filter(|_| verifier.may_look_back())?;
                verifier.replaced(&request.unverified, &body, &whose.retired(now)).map(Hint::Replaced)
            };
            let unproven = || whose.unproven_since(now).map(Hint::Unproven);
            refused.hint = unusable.or_else(replaced).or_else(unproven).or(refused.hint);
        }
        refused
    })
}

impl<P: Provider> Accepted<P> {
    /// The receiver that accepted it.
    pub fn receiver(&self) -> &Receiver<P> {
        &self.receiver
    }
}

impl<P: Provider> fmt::Debug for Accepted<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
