//! The secrets that the platform and the receiver share.

mod slip;
mod whose;

use std::{fmt, sync::Arc};

use arc_swap::{ArcSwap, Guard};
use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

pub(crate) use self::whose::Whose;

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
pub struct Secret {
    label: Option<Arc<str>>,
    keyed: Hmac<Sha256>,
    digest: [u8; 32],
    prefixed: bool,
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
        let keyed = Hmac::new_from_slice(text.as_bytes()).expect("HMAC takes a key of any length");
        let prefixed = text.starts_with(WHSEC);
        Ok(Self { label: None, keyed, digest: digest(text.as_bytes()), prefixed })
    }

    /// A secret that nobody knows.
    pub(crate) fn random() -> Self {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).expect("the system has random bytes");
        Self::of_bytes(&*key)
    }

    /// A secret of any bytes.
    pub(crate) fn of_bytes(key: &[u8]) -> Self {
        let keyed = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
        Self { label: None, keyed, digest: digest(key), prefixed: false }
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

    pub(crate) fn shared_label(&self) -> Option<Arc<str>> {
        self.label.clone()
    }

    /// A MAC state for which the key schedule is already done.
    pub(crate) fn keyed(&self) -> Hmac<Sha256> {
        self.keyed.clone()
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
    shared: Arc<ArcSwap<Vec<Secret>>>,
}

impl Secrets {
    /// A handle to these secrets, which are tried in this order.
    ///
    /// # Errors
    ///
    /// [`SecretError::None`] when there are no secrets: nothing could ever be verified.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Result<Self, SecretError> {
        Ok(Self { shared: Arc::new(ArcSwap::from_pointee(at_least_one(secrets)?)) })
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

    /// Replaces the secrets, for every clone of this handle.
    ///
    /// # Errors
    ///
    /// [`SecretError::None`] when there are no secrets; the old ones stay.
    pub fn replace(&self, secrets: impl IntoIterator<Item = Secret>) -> Result<(), SecretError> {
        let secrets = at_least_one(secrets)?;
        self.shared.store(Arc::new(secrets));
        Ok(())
    }

    /// The number of secrets, which is never zero.
    pub fn count(&self) -> usize {
        self.current().len()
    }

    /// The current secrets. This takes no lock: a MAC over a large body must not delay a rotation.
    pub(crate) fn current(&self) -> Guard<Arc<Vec<Secret>>> {
        self.shared.load()
    }
}

impl From<Secret> for Secrets {
    fn from(secret: Secret) -> Self {
        Self { shared: Arc::new(ArcSwap::from_pointee(vec![secret])) }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secrets").field(&self.current()).finish()
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
    fn names_the_variable_that_is_unset() {
        let error = Secrets::from_env("QRHOOK_TEST_NEVER_SET").unwrap_err();
        let expected =
            SecretError::InVariable { name: "QRHOOK_TEST_NEVER_SET".into(), reason: Box::new(SecretError::Unset) };
        assert_eq!(error, expected);
    }
}
