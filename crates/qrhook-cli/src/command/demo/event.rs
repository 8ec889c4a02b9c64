//! An event that has not been sent yet, and the requests that could carry it.

use bytes::Bytes;
use qrhook::{Secrets, UnixTime, testing::SignedRequest};

use super::{recorder, stage};
use crate::{
    forge::{self, Tamper},
    sender::{Sender, with_provider},
};

/// An event that has not been sent yet.
pub(super) struct Event {
    pub(super) sender: Sender,
    /// The key of the event in the recorder.
    pub(super) key: String,
    pub(super) body: Bytes,
}

impl Event {
    /// The event in this body.
    pub(super) fn of(sender: Sender, body: Bytes) -> Self {
        let now = UnixTime::now();
        let request = forge::signed(sender, stage::secret(sender), &body, now);
        // A body without an event has no runs to count.
        let key = with_provider!(sender, P => {
            let secrets = Secrets::one(stage::secret(sender)).ok();
            let verified = secrets.and_then(|secrets| {
                qrhook::verify::<P>(&request.headers, request.body, &secrets, now).ok()
            });
            verified.map(|delivery| recorder::key(&delivery)).unwrap_or_default()
        });
        Self { sender, key, body }
    }

    /// As the platform sends it.
    pub(super) fn signed(&self) -> SignedRequest {
        forge::signed(self.sender, stage::secret(self.sender), &self.body, UnixTime::now())
    }

    /// As a stranger would send it, without knowing the secret.
    pub(super) fn forged(&self) -> SignedRequest {
        forge::signed(self.sender, "whsec_not_the_secret", &self.body, UnixTime::now())
    }

    /// As the platform would send it at another time.
    pub(super) fn signed_at(&self, seconds_from_now: i64) -> SignedRequest {
        let at = UnixTime::from_secs(UnixTime::now().as_secs().saturating_add(seconds_from_now));
        forge::signed(self.sender, stage::secret(self.sender), &self.body, at)
    }

    /// As the platform sends it, without one header.
    pub(super) fn without(&self, header: &str) -> SignedRequest {
        let mut request = self.signed();
        request.headers.remove(header);
        request
    }

    /// As the platform sends it, with one thing changed after signing.
    pub(super) fn tampered(&self, what: Tamper) -> SignedRequest {
        forge::tampered(self.sender, stage::secret(self.sender), &self.body, UnixTime::now(), what)
    }
}
