//! Notices that are logged once an hour for each kind, because a changed platform sends the same oddity every time.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The time for which a kind is not logged again.
const QUIET: Duration = Duration::from_secs(3600);

/// The maximum number of kinds that are remembered. Further ones are not logged until some are due again.
const KINDS: usize = 1024;

/// The kinds that were logged lately. Only kinds of verified deliveries get here.
#[derive(Debug, Default)]
pub(super) struct Notices {
    logged: Mutex<HashMap<u64, Instant>>,
    hasher: RandomState,
}

impl Notices {
    /// Whether a notice of this kind is due. If so, the next one is due in an hour.
    pub(super) fn is_due(&self, kind: &[&str]) -> bool {
        let (kind, now) = (self.hasher.hash_one(kind), Instant::now());
        let is_quiet = |logged: &Instant| now.saturating_duration_since(*logged) < QUIET;
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.get(&kind).is_some_and(is_quiet) {
            return false;
        }
        if logged.len() >= KINDS {
            logged.retain(|_, logged| is_quiet(logged));
        }
        let due = logged.len() < KINDS;
        if due {
            logged.insert(kind, now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_kind_is_due_once_an_hour() {
        let notices = Notices::default();
        assert!(notices.is_due(&["scan.created", "data.lat"]));
        assert!(!notices.is_due(&["scan.created", "data.lat"]));
        assert!(notices.is_due(&["scan.created", "data.lng"]));
        tokio::time::advance(QUIET - Duration::from_secs(1)).await;
        assert!(!notices.is_due(&["scan.created", "data.lat"]));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(notices.is_due(&["scan.created", "data.lat"]));
    }

    #[tokio::test(start_paused = true)]
    async fn no_sender_can_fill_the_memory_or_the_log() {
        let notices = Notices::default();
        let due = (0..10 * KINDS).filter(|kind| notices.is_due(&[&kind.to_string()])).count();
        assert_eq!(due, KINDS);
        tokio::time::advance(QUIET).await;
        assert!(notices.is_due(&["another"]));
        assert_eq!(notices.logged.lock().unwrap().len(), 1, "the old ones are forgotten");
    }
}
