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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime::from_secs(1_000_000_000);

    fn secret(text: &str) -> Secret {
        Secret::new(text).unwrap().with_label(text)
    }

    /// A secret that was replaced so many seconds ago.
    fn retired(text: &str, seconds: i64) -> Retired {
        Retired { secret: secret(text), since: UnixTime::from_secs(NOW.as_secs().saturating_sub(seconds)) }
    }

    /// The labels of the secrets that are retired.
    fn labels(old: &[&str], before: &[Retired], new: &[&str]) -> Vec<String> {
        let secrets = |texts: &[&str]| -> Vec<Secret> { texts.iter().map(|text| secret(text)).collect() };
        let all = retire(&secrets(old), before, &secrets(new), NOW);
        all.iter().map(|retired| retired.secret.label().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_secret_that_is_gone_is_retired_now() {
        let all = retire(&[secret("old"), secret("kept")], &[], &[secret("new"), secret("kept")], NOW);
        assert_eq!(
            all.iter().map(|retired| (retired.secret.label(), retired.since)).collect::<Vec<_>>(),
            [(Some("old"), NOW)]
        );
    }

    #[test]
    fn a_retired_secret_is_kept_for_a_day_and_unless_it_returns() {
        let day = 24 * 3600;
        let before =
            [retired("hours", 23 * 3600), retired("almost", day - 1), retired("a-day", day), retired("back", 1)];
        assert_eq!(labels(&["old"], &before, &["new", "back"]), ["old", "hours", "almost"]);
    }

    #[test]
    fn the_number_of_retired_secrets_is_bounded() {
        let before: Vec<_> = (0..20).map(|number| retired(&format!("number-{number}"), 1)).collect();
        let all = labels(&["old"], &before, &["new"]);
        assert_eq!((all.len(), all[0].as_str(), all[MOST - 1].as_str()), (MOST, "old", "number-6"));
    }
}
