//! Comparing MACs, in constant time.

use hmac::{Hmac, Mac, digest::CtOutput};
use sha2::Sha256;

use super::{scheme::KeyForm, signature::Signature};
use crate::{secret::Secret, time::UnixTime};

/// The position of the first secret under which one of the signature's candidates is the MAC of this body.
pub(super) fn matching(secrets: &[Secret], signature: &Signature, body: &[u8], now: UnixTime) -> Option<usize> {
    secrets.iter().position(|secret| secret.is_accepted(now) && matches(secret, signature, body))
}

/// Whether one of the signature's candidates is the MAC of this body under this secret.
pub(super) fn matches(secret: &Secret, signature: &Signature, body: &[u8]) -> bool {
    let Some(mut mac) = secret.keyed(signature.key == KeyForm::Base64) else { return false };
    if let Some(id) = &signature.id {
        mac.update(id.as_bytes());
        mac.update(b".");
    }
    if let Some(signed_at) = &signature.signed_at {
        mac.update(signed_at.prefix());
    }
    mac.update(body);
    let expected = mac.finalize();
    // The equality of `CtOutput` is the MAC library's own check. Every candidate is compared, even after a match.
    let candidates = signature.candidates();
    candidates.fold(false, |hit, &candidate| hit | (CtOutput::<Hmac<Sha256>>::new(candidate.into()) == expected))
}
