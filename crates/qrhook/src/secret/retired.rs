//! Secrets that were replaced, which explain the signatures that do not match any more.

use std::{cmp::Reverse, sync::Arc, time::Duration};

use super::{Secret, Secrets, Whose};
use crate::time::UnixTime;

/// The time for which a replaced secret is kept, to recognise what it signed. It proves nothing any more.
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// The most replaced secrets that are kept.
const MOST: usize = 8;

/// The time after a replacement in which a hint asks whether the new secret is the right one.
const NEW: Duration = Duration::from_secs(3600);

/// A secret that was replaced.
#[derive(Debug, Clone)]
pub(crate) struct Retired {
    pub(crate) secret: Secret,
    /// The time since which it is not accepted.
    pub(crate) since: UnixTime,
}

/// What is known of a secret that was replaced and would have proven a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replaced {
    pub(crate) label: Option<Arc<str>>,
    pub(crate) since: UnixTime,
}

impl Whose<'_> {
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

impl Secrets {
    /// The secrets that are retired when these ones take the place of old ones.
    pub(crate) fn retire(&self, old: &Self, retired: &[Retired], now: UnixTime) -> Vec<Retired> {
        let old = old.current();
        let before: Vec<_> = old.retired.iter().chain(retired).cloned().collect();
        retire(&old, &before, &self.current(), now)
    }
}

/// The old secrets that are not among the new ones, and those that were retired before.
pub(super) fn retire(old: &[Secret], retired: &[Retired], new: &[Secret], now: UnixTime) -> Vec<Retired> {
    let is_gone = |secret: &Secret| new.iter().all(|kept| kept.digest != secret.digest);
    let just = old.iter().filter(|secret| is_gone(secret));
    let just = just.map(|secret| Retired { secret: secret.clone(), since: now });
    let before = retired.iter().filter(|retired| is_gone(&retired.secret) && now.since(retired.since) < KEPT).cloned();
    just.chain(before).take(MOST).collect()
}
