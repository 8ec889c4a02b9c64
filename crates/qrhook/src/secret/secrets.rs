//! The secrets of a hook, which can change while the program runs.

use std::{fmt, sync::Arc};

use arc_swap::{ArcSwap, Guard};
use zeroize::Zeroizing;

use super::{Retired, Secret, SecretError, SecretUsage, retired};
use crate::time::UnixTime;

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
    pub(super) retired: Vec<Retired>,
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
        keep_usage(&mut secrets, &old);
        let retired = retired::retire(&old, &old.retired, &secrets, UnixTime::now());
        self.shared.store(Arc::new(Set { secrets, retired }));
        Ok(())
    }

    /// Keeps the usage of the secrets that were in use under another handle.
    pub(crate) fn continue_from(&self, old: &Self) {
        let old = old.current();
        self.shared.rcu(|set| {
            let mut secrets = set.secrets.clone();
            keep_usage(&mut secrets, &old);
            Set { secrets, retired: set.retired.clone() }
        });
    }

    /// The secrets that are retired when these ones take the place of old ones.
    pub(crate) fn retire(&self, old: &Self, retired: &[Retired], now: UnixTime) -> Vec<Retired> {
        let old = old.current();
        let before: Vec<_> = old.retired.iter().chain(retired).cloned().collect();
        retired::retire(&old, &before, &self.current(), now)
    }

    /// The use of each secret, in the order of the secrets. The old secret of a rotation can be removed when it
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

fn keep_usage(secrets: &mut [Secret], old: &[Secret]) {
    for secret in secrets {
        if let Some(same) = old.iter().find(|old| old.digest == secret.digest) {
            secret.usage = Arc::clone(&same.usage);
        }
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
