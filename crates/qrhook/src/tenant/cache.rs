//! The remembered answers of look-ups.

use std::{fmt, sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use tokio::time::Instant;

use super::{Limits, Tenant};
use crate::clock::after;

/// The time for which a name is not looked up again after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// The answers to look-ups, bounded in number.
pub(super) struct Answers {
    known: Cache<Arc<str>, Known>,
    /// The names that are not known, and until when.
    unknown: Cache<Arc<str>, Instant>,
    /// The names whose look-up failed, and until when they are not looked up again.
    failed: Cache<Arc<str>, Instant>,
}

/// A tenant that was found.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) tenant: Arc<Tenant>,
    fresh_until: Instant,
    stale_until: Instant,
}

/// The answer that is remembered for a name.
pub(super) enum Remembered {
    Known(Arc<Tenant>),
    /// Known, but to be looked up again. Used if that fails.
    Stale(Arc<Tenant>),
    Unknown,
    /// Its look-up failed a moment ago.
    Failed,
    Nothing,
}

impl Answers {
    pub(super) fn new(limits: &Limits) -> Self {
        let unknown = limits.unknown.max(1);
        Self { known: Cache::new(limits.known.max(1)), unknown: Cache::new(unknown), failed: Cache::new(unknown) }
    }

    pub(super) fn get(&self, name: &str) -> Remembered {
        let now = Instant::now();
        let has_failed = || self.failed.get(name).is_some_and(|until| now < until);
        match self.known.get(name) {
            Some(known) if now < known.fresh_until => return Remembered::Known(known.tenant),
            // Not looked up again at once, so that each request need not wait for another failure.
            Some(known) if now < known.stale_until && has_failed() => return Remembered::Known(known.tenant),
            Some(known) if now < known.stale_until => return Remembered::Stale(known.tenant),
            _ => {}
        }
        match self.unknown.get(name) {
            Some(until) if now < until => Remembered::Unknown,
            _ if has_failed() => Remembered::Failed,
            _ => Remembered::Nothing,
        }
    }

    pub(super) fn fail(&self, name: Arc<str>) {
        self.failed.insert(name, after(Instant::now(), PAUSE));
    }

    pub(super) fn know(&self, tenant: Arc<Tenant>, limits: &Limits) {
        let fresh_until = after(Instant::now(), limits.fresh);
        let known = Known { fresh_until, stale_until: after(fresh_until, limits.stale), tenant };
        let name = Arc::clone(&known.tenant.name);
        self.unknown.remove(&*name);
        self.failed.remove(&*name);
        self.known.insert(name, known);
    }

    pub(super) fn know_not(&self, name: Arc<str>, limits: &Limits) {
        self.known.remove(&*name);
        self.unknown.insert(name, after(Instant::now(), limits.absent));
    }

    pub(super) fn forget(&self, name: &str) {
        self.known.remove(name);
        self.unknown.remove(name);
        self.failed.remove(name);
    }

    pub(super) fn clear(&self) {
        self.known.clear();
        self.unknown.clear();
        self.failed.clear();
    }

    pub(super) fn known(&self) -> usize {
        self.known.len()
    }

    pub(super) fn unknown(&self) -> usize {
        self.unknown.len()
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answers").field("known", &self.known()).field("unknown", &self.unknown()).finish()
    }
}
