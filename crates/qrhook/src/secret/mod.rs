//! What the platform and the receiver share.

mod slip;

use std::{fmt, sync::Arc};

use arc_swap::{ArcSwap, Guard};
use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// How the secrets of most platforms begin, so that they can be told from other keys.
pub(crate) const WHSEC: &str = "whsec_";

/// The secret of one hook, or the API key that a token sender repeats in its forms.
///
/// The text itself is not kept: a `Secret` holds the keyed HMAC-SHA256 state, so that no request pays for the key
/// schedule, and a digest of the text for senders that repeat it as a token. Both are zeroed on drop.
///
/// The whole text is the key, exactly as the dashboard shows it: a prefix such as `whsec_` belongs to it, and
/// nothing in it is decoded.
pub struct Secret {
    label: Option<Arc<str>>,
    keyed: Hmac<Sha256>,
    digest: [u8; 32],
    prefixed: bool,
}

impl Secret {
    /// Takes the secret as the dashboard shows it.
    ///
    /// # Errors
    ///
    /// Refuses what a copy and paste makes of a secret, because it would only show up as signatures that never match: a
    /// text that is empty or blank, white space or quotes around it, invisible characters, a whole assignment such as
    /// `NAME=whsec_..`, or a placeholder such as `whsec_...`.
    pub fn new(text: &str) -> Result<Self, SecretError> {
        slip::check(text)?;
        let keyed = Hmac::new_from_slice(text.as_bytes()).expect("HMAC takes a key of any length");
        let prefixed = text.starts_with(WHSEC);
        Ok(Self { label: None, keyed, digest: digest(text.as_bytes()), prefixed })
    }

    /// Gives the secret a name that logs and deliveries may show, such as `"2026-03"`.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<Arc<str>>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// The name given by [`with_label`](Self::with_label).
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    pub(crate) fn shared_label(&self) -> Option<Arc<str>> {
        self.label.clone()
    }

    /// A MAC state that already went through the key schedule.
    pub(crate) fn keyed(&self) -> Hmac<Sha256> {
        self.keyed.clone()
    }

    /// Whether the text starts with [`WHSEC`].
    pub(crate) const fn is_prefixed(&self) -> bool {
        self.prefixed
    }

    /// SHA-256 of the secret: tokens are compared by their digests, so that not even the length shows.
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
/// Clones share their content. [`replace`](Self::replace) changes it for all of them while the program runs, which is
/// how a secret is rotated without a restart: put the new one in beside the old one, rotate at the platform, and
/// take the old one out when its last retry is over.
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
    /// A handle to these secrets, tried in this order.
    ///
    /// # Errors
    ///
    /// [`SecretError::None`] when there is not a single one: nothing could ever be verified.
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
    /// One trailing line break is taken off, with a warning: it comes from `echo` or from a file, and is not part of any
    /// secret.
    ///
    /// # Errors
    ///
    /// [`SecretError::InVariable`], which names the variable, when it is unset, not Unicode, or holds no usable
    /// secret.
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
    /// [`SecretError::None`] when there is not a single one; the old ones stay.
    pub fn replace(&self, secrets: impl IntoIterator<Item = Secret>) -> Result<(), SecretError> {
        let secrets = at_least_one(secrets)?;
        self.shared.store(Arc::new(secrets));
        Ok(())
    }

    /// How many secrets there are, never zero.
    pub fn count(&self) -> usize {
        self.current().len()
    }

    /// The secrets at this moment. No lock: a MAC over a large body must not delay a rotation.
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
            tracing::warn!(variable = name, "took one trailing line break off the secret");
            Secret::new(line.strip_suffix('\r').unwrap_or(line))
        }
        None => Secret::new(&text),
    })
    .map(|secret| secret.with_label(name))
    .map_err(|reason| SecretError::InVariable { name: name.to_owned(), reason: Box::new(reason) })
}

/// Why a string cannot be used as a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretError {
    /// The text is empty.
    Empty,
    /// The text is nothing but white space.
    Blank,
    /// The text begins or ends with white space, which a copy and paste adds and no platform uses.
    SurroundingWhitespace,
    /// The text begins or ends with a quote, which a shell or a settings file would have taken off.
    Quoted,
    /// The text holds an invisible character, such as a byte order mark or a zero-width space.
    InvisibleCharacter,
    /// The text is a whole assignment, `NAME=value`.
    Assignment,
    /// The text is a placeholder or a masked display, such as `whsec_...`.
    Placeholder,
    /// There is not a single secret.
    None,
    /// The environment variable is not set.
    Unset,
    /// The environment variable is not Unicode.
    NotUnicode,
    /// What is wrong with the secret in this environment variable.
    InVariable {
        /// The name of the variable.
        name: String,
        /// What is wrong.
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
            Self::InvisibleCharacter => f.write_str("the secret holds an invisible character"),
            Self::Assignment => f.write_str("the secret is a whole assignment: leave out the name and the `=`"),
            Self::Placeholder => f.write_str("the secret is a placeholder: copy the real one from the dashboard"),
            Self::None => f.write_str("there is no secret"),
            Self::Unset => f.write_str("it is not set"),
            Self::NotUnicode => f.write_str("it is not Unicode"),
            Self::InVariable { name, .. } => write!(f, "the environment variable {name} holds no usable secret"),
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
    fn an_empty_set_is_refused_and_changes_nothing() {
        assert_eq!(Secrets::new([]).err(), Some(SecretError::None));
        let secrets = Secrets::one("whsec_1").unwrap();
        assert_eq!(secrets.replace([]), Err(SecretError::None));
        assert_eq!(secrets.count(), 1);
    }

    #[test]
    fn names_the_variable_that_is_unset() {
        let error = Secrets::from_env("QRHOOK_TEST_NEVER_SET").unwrap_err();
        let expected =
            SecretError::InVariable { name: "QRHOOK_TEST_NEVER_SET".into(), reason: Box::new(SecretError::Unset) };
        assert_eq!(error, expected);
    }
}
