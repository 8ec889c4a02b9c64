//! Whose secrets prove a request.

use std::{
    cmp::Reverse,
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    Secret, Secrets,
    retired::{KEPT, Retired},
};
use crate::time::UnixTime;

/// The time after a replacement in which a hint asks whether the new secret is the right one.
const NEW: Duration = Duration::from_secs(3600);

/// The secrets for one request, and the tenant that they belong to.
#[derive(Clone, Copy)]
pub(crate) struct Whose<'a> {
    pub(crate) secrets: &'a Secrets,
    pub(crate) tenant: Option<&'a Arc<str>>,
    /// Secrets that others took the place of, beside those that `secrets` knows of.
    pub(crate) retired: &'a [Retired],
    /// Whether the tenant is known. The secrets of an unknown one match nothing, and cost the same time.
    pub(crate) known: bool,
}

impl Whose<'_> {
    /// Nobody's: a secret that no request can match, because nobody has ever seen it.
    pub(crate) fn nobodys() -> Self {
        static NOBODYS: OnceLock<Secrets> = OnceLock::new();
        Self { secrets: NOBODYS.get_or_init(|| Secret::random().into()), tenant: None, retired: &[], known: false }
    }

    /// Whether there may be secrets that are not accepted any more.
    pub(crate) fn has_retired(&self) -> bool {
        let set = self.secrets.current();
        let may_end = set.iter().any(|secret| secret.not_after.is_some());
        may_end || !set.retired.is_empty() || !self.retired.is_empty()
    }

    /// The secrets that are not accepted any more at this time, the latest first: those that were replaced during the
    /// last 24 hours, and those past their [`not_after`](Secret::with_not_after).
    pub(crate) fn retired(&self, now: UnixTime) -> Vec<Retired> {
        let set = self.secrets.current();
        let replaced =
            set.retired.iter().chain(self.retired).filter(|retired| now.since(retired.since) < KEPT).cloned();
        let expired = set.iter().filter_map(|secret| {
            let since = secret.not_after.filter(|_| !secret.is_accepted(now))?;
            Some(Retired { secret: secret.clone(), since })
        });
        let mut retired: Vec<_> = replaced.chain(expired).collect();
        retired.sort_by_key(|retired| Reverse(retired.since));
        retired
    }

    /// The time at which the secrets were replaced, if that was a short while ago and none of the new ones has matched.
    pub(crate) fn unproven_since(&self, now: UnixTime) -> Option<UnixTime> {
        let set = self.secrets.current();
        let replaced = set.retired.iter().chain(self.retired).map(|retired| retired.since).max()?;
        let is_proven = set.iter().any(|secret| secret.usage.last_match().is_some_and(|last| last >= replaced));
        (now.since(replaced) < NEW && !is_proven).then_some(replaced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_000_000_000);

    fn ago(seconds: i64) -> UnixTime {
        UnixTime::from_secs(NOW.as_secs().saturating_sub(seconds))
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text).unwrap().with_label(text)
    }

    fn whose<'a>(secrets: &'a Secrets, retired: &'a [Retired]) -> Whose<'a> {
        Whose { secrets, tenant: None, retired, known: true }
    }

    #[test]
    fn only_secrets_that_end_or_were_replaced_may_be_retired() {
        let retired = [Retired { secret: secret("old"), since: NOW }];
        let lasting = Secrets::from(secret("lasting"));
        assert!(!whose(&lasting, &[]).has_retired());
        assert!(whose(&lasting, &retired).has_retired());
        assert!(whose(&Secrets::from(secret("ends").with_not_after(NOW)), &[]).has_retired());
        lasting.replace([secret("new")]).unwrap();
        assert!(whose(&lasting, &[]).has_retired());
    }

    #[test]
    fn the_latest_retired_secret_comes_first_and_none_is_older_than_a_day() {
        let day = 24 * 3600;
        let retired = [("a-day", day), ("almost", day - 1), ("now", 0)];
        let retired = retired.map(|(text, seconds)| Retired { secret: secret(text), since: ago(seconds) });
        let secrets =
            [secret("lasting"), secret("expired").with_not_after(ago(10)), secret("ends").with_not_after(NOW)];
        let secrets = Secrets::new(secrets).unwrap();
        let all = whose(&secrets, &retired).retired(NOW);
        let all: Vec<_> = all.iter().map(|retired| retired.secret.label().unwrap()).collect();
        assert_eq!(all, ["now", "expired", "almost"]);
    }
}
