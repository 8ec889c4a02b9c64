//! The secrets that the platform and the receiver share.

mod base64_key;
mod retired;
mod slip;
mod usage;
mod whose;

use std::{fmt, sync::Arc};

use arc_swap::{ArcSwap, Guard};
use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

pub use self::usage::SecretUsage;
use self::usage::Usage;
pub(crate) use self::{
    retired::{Replaced, Retired},
    whose::Whose,
};
use crate::time::UnixTime;

/// The prefix that marks the secrets of most platforms.
pub(crate) const WHSEC: &str = "whsec_";

/// The secret of one hook, or the API key that a token sender repeats in its forms.
///
/// The whole string is the key, exactly as the dashboard shows it: a prefix such as `whsec_` is part of it, and nothing
/// is decoded.
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

/// The secrets that a hook accepts: a cheap handle to one or several.
///
/// Clones share their content, and [`replace`](Self::replace) changes it for all of them while the program runs. This
/// is how to rotate a secret without a restart: add the new secret in front of the old one, rotate at the platform, and
/// remove the old one when its last retry is over.
///
/// # Example
///
/// ```
/// use qrhook::{Secret, Secrets};
///
/// let secrets = Secrets::new([Secret::new("whsec_old")?.with_label("old")])?;
/// let held_by_a_receiver = secrets.clone();
///
/// secrets.replace([Secret::new("whsec_new")?.with_label("new"), Secret::new("whsec_old")?.with_label("old")])?;
/// assert_eq!(held_by_a_receiver.count(), 2);
/// # Ok::<(), qrhook::SecretError>(())
/// ```
#[derive(Clone)]
pub struct Secrets {
    shared: Arc<ArcSwap<Set>>,
}

/// The secrets at one time.
pub(crate) struct Set {
    secrets: Vec<Secret>,
    retired: Vec<Retired>,
}

impl std::ops::Deref for Set {
    type Target = [Secret];

    fn deref(&self) -> &[Secret] {
        &self.secrets
    }
}

impl Secrets {
    /// A handle to these secrets, which are tried in this order.
    ///
    /// # Errors
    ///
    /// [`SecretError::None`] when there are no secrets: nothing could ever be verified.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Result<Self, SecretError> {
        Ok(Self::of(at_least_one(secrets)?))
    }

    /// A handle to a single secret.
    ///
    /// # Errors
    ///
    /// As for [`Secret::new`].
    pub fn one(text: &str) -> Result<Self, SecretError> {
        Secret::new(text).map(Self::from)
    }

    /// A handle to the secret in an environment variable.
    ///
    /// One trailing line break is removed, with a warning: it comes from `echo` or from a file, and is never part of a
    /// secret.
    ///
    /// # Errors
    ///
    /// [`SecretError::InVariable`], which names the variable, when it is unset, is not Unicode, or does not hold a
    /// usable secret.
    pub fn from_env(variable: &str) -> Result<Self, SecretError> {
        Self::from_envs([variable])
    }

    /// A handle to the secrets in several environment variables, labelled with their names.
    ///
    /// # Errors
    ///
    /// As for [`from_env`](Self::from_env).
    pub fn from_envs<'a>(variables: impl IntoIterator<Item = &'a str>) -> Result<Self, SecretError> {
        let secrets: Vec<_> = variables.into_iter().map(from_variable).collect::<Result<_, _>>()?;
        Self::new(secrets)
    }

    fn of(secrets: Vec<Secret>) -> Self {
        Self { shared: Arc::new(ArcSwap::from_pointee(Set { secrets, retired: Vec::new() })) }
    }

    /// Replaces the secrets, for every clone of this handle. A secret that stays keeps its [usage](Self::usage).
    ///
    /// The old ones prove nothing any more, from this moment on. For a day they are still kept, so that the log can tell
    /// when a request is signed with one of them.
    ///
    /// # Errors
    ///
    /// [`SecretError::None`] when there are no secrets; the old ones stay.
    pub fn replace(&self, secrets: impl IntoIterator<Item = Secret>) -> Result<(), SecretError> {
        let mut secrets = at_least_one(secrets)?;
        let old = self.current();
        for secret in &mut secrets {
            if let Some(same) = old.iter().find(|old| old.digest == secret.digest) {
                secret.usage = Arc::clone(&same.usage);
            }
        }
        let retired = retired::retire(&old, &old.retired, &secrets, UnixTime::now());
        self.shared.store(Arc::new(Set { secrets, retired }));
        Ok(())
    }

    /// How much each secret was used, in the order of the secrets. The old secret of a rotation can be removed when it
    /// has not matched for longer than the platform retries.
    ///
    /// # Example
    ///
    /// ```
    /// use qrhook::{Secret, Secrets, UnixTime, codeqr::CodeQr};
    ///
    /// let secrets = Secrets::new(["new", "old"].map(|text| Secret::new(text).unwrap().with_label(text)))?;
    /// let now = UnixTime::from_secs(1778335283);
    /// let headers = [("CodeQR-Signature", "251981da6615f312756824ae48b5ca0a37c60d1abc5cab4e980d325bf1a61950")];
    /// qrhook::verify::<CodeQr>(headers, r#"{"id":"1","event":"link.created"}"#, &secrets, now)?;
    ///
    /// let [new, old] = &secrets.usage()[..] else { panic!("two secrets") };
    /// assert_eq!((new.matches, new.last_match), (0, None));
    /// assert_eq!((old.matches, old.last_match), (1, Some(now)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn usage(&self) -> Vec<SecretUsage> {
        let usage = |secret: &Secret| SecretUsage {
            label: secret.label.clone(),
            matches: secret.usage.matches(),
            last_match: secret.usage.last_match(),
            not_after: secret.not_after,
        };
        self.current().iter().map(usage).collect()
    }

    /// The number of secrets, which is never zero.
    pub fn count(&self) -> usize {
        self.current().len()
    }

    /// The current secrets. This takes no lock: a MAC over a large body must not delay a rotation.
    pub(crate) fn current(&self) -> Guard<Arc<Set>> {
        self.shared.load()
    }
}

impl From<Secret> for Secrets {
    fn from(secret: Secret) -> Self {
        Self::of(vec![secret])
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&&self.current()[..]).finish()
    }
}

fn at_least_one(secrets: impl IntoIterator<Item = Secret>) -> Result<Vec<Secret>, SecretError> {
    let secrets: Vec<Secret> = secrets.into_iter().collect();
    if secrets.is_empty() { Err(SecretError::None) } else { Ok(secrets) }
}

fn from_variable(name: &str) -> Result<Secret, SecretError> {
    let text = std::env::var_os(name)
        .ok_or(SecretError::Unset)
        .and_then(|value| value.into_string().map_err(|_| SecretError::NotUnicode))
        .map(Zeroizing::new);
    text.and_then(|text| match text.strip_suffix('\n') {
        Some(line) => {
            tracing::warn!(variable = name, "removed one trailing line break from the secret");
            Secret::new(line.strip_suffix('\r').unwrap_or(line))
        }
        None => Secret::new(&text),
    })
    .map(|secret| secret.with_label(name))
    .map_err(|reason| SecretError::InVariable { name: name.to_owned(), reason: Box::new(reason) })
}

/// The reason why a string cannot be used as a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretError {
    /// The string is empty.
    Empty,
    /// The string is only white space.
    Blank,
    /// The string begins or ends with white space, which copy and paste adds and no platform uses.
    SurroundingWhitespace,
    /// The string begins or ends with a quote, which a shell or a settings file would have removed.
    Quoted,
    /// The string contains an invisible character, such as a byte order mark or a zero-width space.
    InvisibleCharacter,
    /// The string is a whole assignment, `NAME=value`.
    Assignment,
    /// The string is a placeholder or a masked display, such as `whsec_...`.
    Placeholder,
    /// The secret does not encode a key in base64, with the standard alphabet and padding.
    NotBase64,
    /// The key that the secret encodes is too short.
    KeyTooShort {
        /// Its length.
        bytes: usize,
    },
    /// The key that the secret encodes is too long.
    KeyTooLong {
        /// Its length.
        bytes: usize,
    },
    /// The secret is half of a key pair (`whsk_` or `whpk_`), which signs in another way.
    KeyPair,
    /// There are no secrets.
    None,
    /// The environment variable is not set.
    Unset,
    /// The environment variable is not Unicode.
    NotUnicode,
    /// The environment variable does not hold a usable secret.
    InVariable {
        /// The name of the variable.
        name: String,
        /// The reason.
        reason: Box<SecretError>,
    },
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the secret is empty"),
            Self::Blank => f.write_str("the secret is blank"),
            Self::SurroundingWhitespace => f.write_str("the secret has white space around it"),
            Self::Quoted => f.write_str("the secret has quotes around it"),
            Self::InvisibleCharacter => f.write_str("the secret contains an invisible character"),
            Self::Assignment => f.write_str("the secret is a whole assignment: leave out the name and the `=`"),
            Self::Placeholder => f.write_str("the secret is a placeholder: copy the real one from the dashboard"),
            Self::NotBase64 => f.write_str("the secret does not encode a key in base64, after `whsec_`"),
            Self::KeyTooShort { bytes } => write!(f, "the secret encodes {bytes} bytes: a key has at least 24"),
            Self::KeyTooLong { bytes } => write!(f, "the secret encodes {bytes} bytes: a key has at most 75"),
            Self::KeyPair => f.write_str(
                "the secret is half of a key pair, for signatures of the version v1a: use the one with `whsec_`",
            ),
            Self::None => f.write_str("there are no secrets"),
            Self::Unset => f.write_str("it is not set"),
            Self::NotUnicode => f.write_str("it is not Unicode"),
            Self::InVariable { name, .. } => write!(f, "the environment variable {name} does not hold a usable secret"),
        }
    }
}

impl std::error::Error for SecretError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::InVariable { reason, .. } => Some(reason),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_label_and_nothing_else() {
        let secrets = Secrets::new([Secret::new("hunter2-hunter2").unwrap().with_label("march")]).unwrap();
        assert_eq!(format!("{secrets:?}"), "Secrets([Secret { label: Some(\"march\"), .. }])");
    }

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

    #[test]
    fn an_error_of_a_variable_names_it_and_its_source_has_the_reason() {
        let error = SecretError::InVariable { name: "CRM".into(), reason: Box::new(SecretError::Quoted) };
        assert_eq!(error.to_string(), "the environment variable CRM does not hold a usable secret");
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("the secret has quotes around it"));
        assert!(std::error::Error::source(&SecretError::Empty).is_none());
    }

    #[test]
    fn an_empty_set_is_refused_and_changes_nothing() {
        assert_eq!(Secrets::new([]).err(), Some(SecretError::None));
        let secrets = Secrets::one("whsec_1").unwrap();
        assert_eq!(secrets.replace([]), Err(SecretError::None));
        assert_eq!(secrets.count(), 1);
        secrets.replace(["a", "b"].map(|text| Secret::new(text).unwrap())).unwrap();
        assert_eq!(secrets.count(), 2);
    }

    #[test]
    fn a_secret_that_stays_keeps_its_usage() {
        let secret = |text: &str| Secret::new(text).unwrap();
        let secrets = Secrets::new([secret("old"), secret("other")]).unwrap();
        let now = UnixTime::from_secs(1);
        secrets.current()[0].count_match(now);
        secrets.replace([secret("new"), secret("old").with_label("was first")]).unwrap();
        secrets.current()[1].count_match(now);
        let usage: Vec<_> = secrets.usage().into_iter().map(|usage| (usage.label, usage.matches)).collect();
        assert_eq!(usage, [(None, 0), (Some("was first".into()), 2)]);
    }

    #[test]
    fn names_the_variable_that_is_unset() {
        let error = Secrets::from_env("QRHOOK_TEST_NEVER_SET").unwrap_err();
        let expected =
            SecretError::InVariable { name: "QRHOOK_TEST_NEVER_SET".into(), reason: Box::new(SecretError::Unset) };
        assert_eq!(error, expected);
    }
}
