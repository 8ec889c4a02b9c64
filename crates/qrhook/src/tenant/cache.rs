//! The remembered answers of look-ups.

use std::{fmt, sync::Arc};

use quick_cache::sync::Cache;
use tokio::time::Instant;

use super::{Limits, Tenant};
use crate::clock::after;

/// The answers of look-ups, bounded in number.
pub(super) struct Answers {
    known: Cache<Arc<str>, Known>,
    /// The names that are not known, and until when.
    unknown: Cache<Arc<str>, Instant>,
}

/// A tenant that was found.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) tenant: Arc<Tenant>,
    fresh_until: Instant,
    stale_until: Instant,
}

/// What is remembered of a name.
pub(super) enum Remembered {
    Known(Arc<Tenant>),
    /// Known, but to be looked up again. Used if that fails.
    Stale(Arc<Tenant>),
    Unknown,
    Nothing,
}

impl Answers {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { known: Cache::new(limits.known.max(1)), unknown: Cache::new(limits.unknown.max(1)) }
    }

    pub(super) fn get(&self, name: &str) -> Remembered {
        let now = Instant::now();
        match self.known.get(name) {
            Some(known) if now < known.fresh_until => return Remembered::Known(known.tenant),
            Some(known) if now < known.stale_until => return Remembered::Stale(known.tenant),
            _ => {}
        }
        match self.unknown.get(name) {
            Some(until) if now < until => Remembered::Unknown,
            _ => Remembered::Nothing,
        }
    }

    pub(super) fn know(&self, tenant: Arc<Tenant>, limits: &Limits) {
        let fresh_until = after(Instant::now(), limits.fresh);
        let known = Known { fresh_until, stale_until: after(fresh_until, limits.stale), tenant };
        let name = Arc::clone(&known.tenant.name);
        self.unknown.remove(&*name);
        self.known.insert(name, known);
    }

    pub(super) fn know_not(&self, name: Arc<str>, limits: &Limits) {
        self.known.remove(&*name);
        self.unknown.insert(name, after(Instant::now(), limits.absent));
    }

    pub(super) fn forget(&self, name: &str) {
        self.known.remove(name);
        self.unknown.remove(name);
    }

    pub(super) fn clear(&self) {
        self.known.clear();
        self.unknown.clear();
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
