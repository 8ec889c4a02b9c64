//! The remembered answers of look-ups.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

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

/// Tenants by name.
pub(super) type List = HashMap<Arc<str>, Arc<Tenant>>;

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
    /// Known once. To be looked up again, but not as a name of a stranger.
    Expired(Arc<Tenant>),
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
            Some(_) if has_failed() => return Remembered::Failed,
            Some(known) => return Remembered::Expired(known.tenant),
            None => {}
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

    /// The tenant that was found last, however long ago.
    pub(super) fn last(&self, name: &str) -> Option<Arc<Tenant>> {
        self.known.get(name).map(|known| known.tenant)
    }

    /// The next request for this name looks it up again.
    pub(super) fn forget(&self, name: &str) {
        if let Some(tenant) = self.last(name) {
            let now = Instant::now();
            self.known.insert(Arc::clone(&tenant.name), Known { tenant, fresh_until: now, stale_until: now });
        }
        self.unknown.remove(name);
        self.failed.remove(name);
    }

    /// Knows these tenants, and no others.
    pub(super) fn replace(&self, tenants: &List, limits: &Limits) {
        for (name, tenant) in tenants {
            let old = self.last(name);
            self.know(Arc::new(Tenant::succeeding(old.as_deref(), name, tenant.secrets.clone())), limits);
        }
        self.known.retain(|name, _| tenants.contains_key(name));
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
