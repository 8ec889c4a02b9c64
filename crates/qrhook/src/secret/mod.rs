//! The secrets that the platform and the receiver share.

mod base64_key;
mod error;
mod retired;
mod secrets;
mod slip;
mod usage;
mod whose;

use std::{fmt, sync::Arc};

use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use self::usage::Usage;
pub use self::{error::SecretError, secrets::Secrets, usage::SecretUsage};
pub(crate) use self::{
    retired::{Replaced, Retired},
    whose::Whose,
};
use crate::time::UnixTime;

/// The prefix that marks the secrets of most platforms.
pub(crate) const WHSEC: &str = "whsec_";

/// The secret of one hook, or the API key that a token sender repeats in its forms.
///
/// The whole string is the key, exactly as the dashboard shows it: a prefix such as `whsec_` is part of it. Only for a
/// sender [with such keys](crate::provider::HmacScheme::with_base64_key), what it encodes in base64 is the key instead.
///
/// The string itself is not kept. A `Secret` holds the keyed HMAC-SHA256 state, so that no request pays for the key
/// schedule, and a digest of the string for senders that repeat it as a token. Both are zeroed on drop.
///
/// # Example
///
/// ```
/// use qrhook::{Secret, SecretError};
///
/// let secret = Secret::new("whsec_EXAMPLE_not_a_real_secret_0001")?.with_label("2026-03");
/// assert_eq!(secret.label(), Some("2026-03"));
/// assert_eq!(format!("{secret:?}"), r#"Secret { label: Some("2026-03"), .. }"#);
///
/// assert_eq!(Secret::new("\"whsec_1\"").err(), Some(SecretError::Quoted));
/// # Ok::<(), SecretError>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    label: Option<Arc<str>>,
    not_after: Option<UnixTime>,
    keyed: Hmac<Sha256>,
    /// The state that is keyed with the bytes that the text encodes.
    decoded: Result<Box<Hmac<Sha256>>, SecretError>,
    digest: [u8; 32],
    prefixed: bool,
    usage: Arc<Usage>,
}

impl Secret {
    /// A secret, exactly as the dashboard shows it.
    ///
    /// # Errors
    ///
    /// [`SecretError`] for the usual mistakes of copy and paste, because otherwise they would only show up as
    /// signatures that never match: an empty or blank string, white space or quotes around the secret, invisible
    /// characters, a whole assignment such as `NAME=whsec_..`, or a placeholder such as `whsec_...`.
    pub fn new(text: &str) -> Result<Self, SecretError> {
        slip::check(text)?;
        let mut secret = Self::of_bytes(text.as_bytes());
        secret.decoded = base64_key::decode(text).map(|key| Box::new(keyed(&key)));
        secret.prefixed = text.starts_with(WHSEC);
        Ok(secret)
    }

    /// A secret that nobody knows.
    pub(crate) fn random() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).expect("the system has random bytes");
        Self::of_bytes(&*key)
    }

    /// A secret of any bytes.
    pub(crate) fn of_bytes(key: &[u8]) -> Self {
        let (decoded, usage) = (Err(SecretError::NotBase64), Arc::new(Usage::new()));
        Self { label: None, not_after: None, keyed: keyed(key), decoded, digest: digest(key), prefixed: false, usage }
    }

    /// Gives the secret a label that logs and deliveries may show, such as `"2026-03"`.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<Arc<str>>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The label given by [`with_label`](Self::with_label).
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Accepts the secret until this time, by the receiver's clock, and never after it. For the old secret of a rotation.
    #[must_use]
    pub fn with_not_after(mut self, time: UnixTime) -> Self {
        self.not_after = Some(time);
        self
    }

    pub(crate) fn is_accepted(&self, now: UnixTime) -> bool {
        self.not_after.is_none_or(|end| now <= end)
    }

    /// Counts a request that it has proven.
    pub(crate) fn count_match(&self, now: UnixTime) {
        self.usage.count(now);
    }

    pub(crate) fn shared_label(&self) -> Option<Arc<str>> {
        self.label.clone()
    }

    /// Checks that the secret encodes a key in base64, as the secrets of [Standard Webhooks](crate::standardwebhooks)
    /// do: `whsec_` and 24 to 75 bytes, with the standard alphabet and padding.
    ///
    /// A receiver and the command check it. A plain verification with another secret refuses every request.
    ///
    /// # Errors
    ///
    /// [`SecretError`], with the reason.
    pub fn check_base64(&self) -> Result<(), SecretError> {
        self.decoded.as_ref().map(drop).map_err(Clone::clone)
    }

    /// A MAC state for which the key schedule is already done. `None` if the key must be decoded and cannot be.
    pub(crate) fn keyed(&self, decoded: bool) -> Option<Hmac<Sha256>> {
        if decoded { self.decoded.as_deref().ok().cloned() } else { Some(self.keyed.clone()) }
    }

    /// Whether the secret starts with [`WHSEC`].
    pub(crate) const fn is_prefixed(&self) -> bool {
        self.prefixed
    }

    /// The SHA-256 digest of the secret. Tokens are compared by their digests, so that not even the length shows.
    pub(crate) fn digest(&self) -> &[u8; 32] {
        &self.digest
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

pub(crate) fn digest(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}

impl Drop for Secret {
    fn drop(&mut self) {
        // The keyed state zeroes itself (`zeroize` feature of the MAC crates).
        self.digest.zeroize();
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("label", &self.label).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_only_what_it_was_given() {
        let secret = Secret::new("hunter2-hunter2").unwrap();
        assert_eq!(secret.label(), None);
        assert_eq!(secret.with_label("march").label(), Some("march"));
    }

    #[test]
    fn the_prefix_is_recognised() {
        assert!(Secret::new("whsec_hunter2").unwrap().is_prefixed());
        assert!(!Secret::new("hunter2_whsec_").unwrap().is_prefixed());
    }
}
