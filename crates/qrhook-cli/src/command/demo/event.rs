//! An event that has not been sent yet, and the requests that could carry it.

use bytes::Bytes;
use qrhook::{
    Secrets, UnixTime, Verifier,
    testing::{self, SignedRequest},
};

use super::{recorder, stage};
use crate::{
    forge::{self, Tamper},
    platform::Platform,
};

/// An event that has not been sent yet.
pub(super) struct Event {
    pub(super) platform: Platform,
    /// The key of the event in the recorder.
    pub(super) key: String,
    pub(super) body: Bytes,
}

impl Event {
    /// The event in this body.
    pub(super) fn of(platform: Platform, body: Bytes) -> Self {
        let now = UnixTime::now();
        let request = signed(platform, stage::secret(platform), &body, now);
        let secrets = Secrets::one(stage::secret(platform)).ok();
        let verified = secrets.and_then(|secrets| {
            Verifier::of(platform.sender(), secrets).verify(&request.headers, request.body, now).ok()
        });
        // A body without an event has no runs to count.
        let key = verified.map(|delivery| recorder::key(&delivery)).unwrap_or_default();
        Self { platform, key, body }
    }

    /// As the platform sends it.
    pub(super) fn signed(&self) -> SignedRequest {
        signed(self.platform, stage::secret(self.platform), &self.body, UnixTime::now())
    }

    /// As a stranger would send it, without knowing the secret.
    pub(super) fn forged(&self) -> SignedRequest {
        signed(self.platform, "whsec_not_the_secret", &self.body, UnixTime::now())
    }

    /// As the platform would send it at another time.
    pub(super) fn signed_at(&self, seconds_from_now: i64) -> SignedRequest {
        let at = UnixTime::from_secs(UnixTime::now().as_secs().saturating_add(seconds_from_now));
        signed(self.platform, stage::secret(self.platform), &self.body, at)
    }

    /// As the platform sends it, without one header.
    pub(super) fn without(&self, header: &str) -> SignedRequest {
        let mut request = self.signed();
        request.headers.remove(header);
        request
    }

    /// As the platform sends it, with one thing changed after signing.
    pub(super) fn tampered(&self, what: Tamper) -> SignedRequest {
        forge::tampered(self.platform.sender(), stage::secret(self.platform), None, &self.body, UnixTime::now(), what)
    }
}

/// As this platform signs it.
pub(super) fn signed(platform: Platform, secret: &str, body: &Bytes, at: UnixTime) -> SignedRequest {
    testing::sign_as(&platform.sender(), secret, None, body.clone(), at)
}
