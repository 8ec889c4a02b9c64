//! Secrets that were replaced, which explain the signatures that do not match any more.

use std::{sync::Arc, time::Duration};

use super::Secret;
use crate::time::UnixTime;

/// The time for which a replaced secret is kept, to recognise what it signed. It proves nothing any more.
pub(super) const KEPT: Duration = Duration::from_secs(24 * 3600);

/// The most replaced secrets that are kept.
const MOST: usize = 8;

/// A secret that was replaced.
#[derive(Debug, Clone)]
pub(crate) struct Retired {
    pub(crate) secret: Secret,
    /// The time since which it is not accepted.
    pub(crate) since: UnixTime,
}

/// A replaced secret that would have proven a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replaced {
    pub(crate) label: Option<Arc<str>>,
    pub(crate) since: UnixTime,
}

/// The old secrets that are not among the new ones, and those that were retired before.
pub(super) fn retire(old: &[Secret], retired: &[Retired], new: &[Secret], now: UnixTime) -> Vec<Retired> {
    let is_gone = |secret: &Secret| new.iter().all(|kept| kept.digest != secret.digest);
    let just = old.iter().filter(|secret| is_gone(secret));
    let just = just.map(|secret| Retired { secret: secret.clone(), since: now });
    let before = retired.iter().filter(|retired| is_gone(&retired.secret) && now.since(retired.since) < KEPT).cloned();
    just.chain(before).take(MOST).collect()
}
