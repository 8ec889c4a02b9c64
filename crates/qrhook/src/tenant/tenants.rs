//! The tenants of a hook, looked up by name.

use std::{
    error::Error,
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use tokio::{sync::Semaphore, time::timeout};

use super::{
    Limits, Tenant,
    cache::{Answers, List, Remembered},
    flights::{Flight, Flights},
    is_name,
};
use crate::{bucket::Bucket, secret::Secrets, verify::Head};

type BoxError = Box<dyn Error + Send + Sync>;
type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Name = dyn Fn(&Head<'_>) -> Option<String> + Send + Sync;
type Find = dyn Fn(Arc<str>) -> BoxFuture<Result<Option<Secrets>, BoxError>> + Send + Sync;

/// The tenants of a hook, which take the place of its secrets.
///
/// It is a cheap handle: clones share everything.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
///
/// use qrhook::{MemoryStore, Receiver, Secrets, Tenants, qrstudio::QrStudio};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let tenants = Tenants::new(|name| async move {
///     // SELECT secret FROM customers WHERE name = ?
///     let customers = HashMap::from([("acme", "whsec_acme"), ("globex", "whsec_globex")]);
///     customers.get(&*name).map(|secret| Secrets::one(secret)).transpose()
/// });
/// // The last segment of the path names the tenant: `/hooks/acme`.
/// let receiver = Receiver::<QrStudio>::new("scans", tenants, MemoryStore::new())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tenants {
    /// Returns the name of a request's tenant.
    name: Arc<Name>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Listed(Arc<ArcSwap<List>>),
    LookedUp(Arc<LookedUp>),
}

struct LookedUp {
    find: Box<Find>,
    limits: Limits,
    answers: Answers,
    /// The look-ups that may still find nothing. Each takes one, and gives it back if it finds a tenant.
    misses: Bucket,
    turns: Semaphore,
    /// The turns of names that are not remembered: half of them, so that a tenant that is need not wait for strangers.
    turns_of_strangers: Semaphore,
    flights: Flights<Result<Found, SourceFailed>>,
    /// Limits the lines about failures, which a stranger may cause.
    lines: Bucket,
    look_ups: AtomicU64,
}

/// The tenant of a request.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    Known(Arc<Tenant>),
    Unknown,
}

/// The reason why a tenant is neither known nor unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SourceFailed;

impl Tenants {
    /// Tenants that are looked up when they are needed, such as in a database.
    ///
    /// `find` returns a tenant's secrets, or `None` if there is no such tenant. An error is logged; the response is then
    /// 503, so that the sender tries again, unless the tenant was found within the last hour: see [`Limits::stale`].
    /// `find` gets the name as the request has it, so pass it to a database as a parameter, never as part of the
    /// statement.
    ///
    /// The last segment of the path names the tenant: see [`with_name`](Self::with_name).
    pub fn new<F, E>(find: impl Fn(Arc<str>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Option<Secrets>, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        Self::limited(Limits::DEFAULT, find)
    }

    /// Like [`new`](Self::new), with limits of your own.
    pub fn limited<F, E>(limits: Limits, find: impl Fn(Arc<str>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Option<Secrets>, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let find = move |name| -> BoxFuture<_> {
            let finding = find(name);
            Box::pin(async move { finding.await.map_err(Into::into) })
        };
        let parallel = limits.parallel.clamp(1, Semaphore::MAX_PERMITS);
        Self::of(Kind::LookedUp(Arc::new(LookedUp {
            find: Box::new(find),
            answers: Answers::new(&limits),
            misses: Bucket::new(limits.misses, limits.misses_per_second),
            turns: Semaphore::new(parallel),
            turns_of_strangers: Semaphore::new(parallel.div_ceil(2)),
            limits,
            flights: Flights::default(),
            lines: Bucket::new(1, 1),
            look_ups: AtomicU64::new(0),
        })))
    }

    /// Tenants that are all known, such as from a file. [`replace`](Self::replace) changes the list.
    ///
    /// # Example
    ///
    /// ```
    /// use qrhook::{Secrets, Tenants};
    ///
    /// let tenants = Tenants::listed([("acme".to_owned(), Secrets::one("whsec_acme")?)]);
    /// assert_eq!(tenants.known(), 1);
    ///
    /// tenants.replace([
    ///     ("acme".to_owned(), Secrets::one("whsec_acme_2")?),
    ///     ("globex".to_owned(), Secrets::one("whsec_globex")?),
    /// ]);
    /// assert_eq!(tenants.known(), 2);
    /// # Ok::<(), qrhook::SecretError>(())
    /// ```
    pub fn listed(tenants: impl IntoIterator<Item = (String, Secrets)>) -> Self {
        Self::of(Kind::Listed(Arc::new(ArcSwap::from_pointee(list(tenants)))))
    }

    fn of(kind: Kind) -> Self {
        Self { name: Arc::new(|head| head.last_segment()), kind }
    }

    /// Names the tenant of a request in another way: by its host, or by a header that a proxy sets.
    ///
    /// For a sender with its secret in the path, `name` gets the path without that last segment.
    ///
    /// The name need not be proven: whoever names another tenant must sign with that one's secret. But it is part of
    /// the key of an event, so `find` must tell names apart exactly as they are written: a database that ignores case or
    /// blanks at the end would find one tenant under several names, and each name would handle a repeated event once.
    ///
    /// # Example
    ///
    /// ```
    /// use qrhook::{Secrets, Tenants};
    ///
    /// // acme.hooks.example.com
    /// let tenants = Tenants::listed([("acme".to_owned(), Secrets::one("whsec_acme")?)])
    ///     .with_name(|head| head.host()?.strip_suffix(".hooks.example.com").map(str::to_owned));
    /// # Ok::<(), qrhook::SecretError>(())
    /// ```
    #[must_use]
    pub fn with_name(self, name: impl Fn(&Head<'_>) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { name: Arc::new(name), ..self }
    }

    /// Replaces the whole list of [listed](Self::listed) tenants. Of tenants that are looked up, these are remembered, and
    /// all others are forgotten.
    pub fn replace(&self, tenants: impl IntoIterator<Item = (String, Secrets)>) {
        match &self.kind {
            Kind::Listed(listed) => {
                let tenants = list(tenants);
                listed.rcu(|old| successors(old, &tenants));
            }
            Kind::LookedUp(source) => {
                let tenants = list(tenants);
                source.flights.overtake_all(|| source.answers.replace(&tenants, &source.limits));
            }
        }
    }

    /// Remembers the secrets of a tenant, as if they had just been looked up.
    ///
    /// Call it for every tenant when the program starts: then no stranger who uses up the look-ups can keep a tenant's
    /// events out, as long as there are no more than [`Limits::known`]. Of [listed](Self::listed) tenants, it adds or replaces one.
    pub fn remember(&self, name: &str, secrets: Secrets) {
        let name: Arc<str> = name.into();
        match &self.kind {
            Kind::Listed(listed) => drop(listed.rcu(|list| {
                let tenant = Tenant::succeeding(list.get(&name).map(|old| &**old), &name, secrets.clone());
                let mut list = List::clone(list);
                list.insert(Arc::clone(&name), Arc::new(tenant));
                list
            })),
            Kind::LookedUp(source) => source.flights.overtake(&name, || {
                let old = source.answers.last(&name);
                let tenant = Tenant::succeeding(old.as_deref(), &name, secrets);
                source.answers.know(Arc::new(tenant), &source.limits);
            }),
        }
    }

    /// Forgets the secrets of a name, so that the next request looks them up. Call it after a change that must take
    /// effect at once. A [listed](Self::listed) tenant is removed.
    pub fn forget(&self, name: &str) {
        match &self.kind {
            Kind::Listed(listed) => drop(listed.rcu(|list| {
                let mut list = List::clone(list);
                list.remove(name);
                list
            })),
            Kind::LookedUp(source) => source.flights.overtake(name, || source.answers.forget(name)),
        }
    }

    /// The number of tenants that are listed or remembered.
    pub fn known(&self) -> usize {
        match &self.kind {
            Kind::Listed(listed) => listed.load().len(),
            Kind::LookedUp(source) => source.answers.known(),
        }
    }

    /// The number of unknown names that are remembered.
    pub fn unknown(&self) -> usize {
        match &self.kind {
            Kind::Listed(_) => 0,
            Kind::LookedUp(source) => source.answers.unknown(),
        }
    }

    /// The number of look-ups so far.
    pub fn look_ups(&self) -> u64 {
        match &self.kind {
            Kind::Listed(_) => 0,
            Kind::LookedUp(source) => source.look_ups.load(Ordering::Relaxed),
        }
    }

    /// The number of look-ups under way.
    #[cfg(test)]
    pub(super) fn flights(&self) -> usize {
        match &self.kind {
            Kind::Listed(_) => 0,
            Kind::LookedUp(source) => source.flights.len(),
        }
    }

    /// The name of this request's tenant. `None` if it has none that could be known.
    pub(crate) fn name(&self, head: &Head<'_>) -> Option<Arc<str>> {
        (self.name)(head).filter(|name| is_name(name)).map(Arc::from)
    }

    /// Finds the tenant of this name.
    pub(crate) async fn find(&self, name: Option<Arc<str>>) -> Result<Found, SourceFailed> {
        let Some(name) = name else { return Ok(Found::Unknown) };
        match &self.kind {
            Kind::Listed(listed) => {
                Ok(listed.load().get(&name).map_or(Found::Unknown, |tenant| Found::Known(Arc::clone(tenant))))
            }
            Kind::LookedUp(source) => source.find(name).await,
        }
    }
}

/// The new list. A tenant that stays remembers the secrets that it had.
fn successors(old: &List, new: &List) -> List {
    let successor = |(name, tenant): (&Arc<str>, &Arc<Tenant>)| {
        let old = old.get(name).map(|old| &**old);
        (Arc::clone(name), Arc::new(Tenant::succeeding(old, name, tenant.secrets.clone())))
    };
    new.iter().map(successor).collect()
}

fn list(tenants: impl IntoIterator<Item = (String, Secrets)>) -> List {
    let named = |(name, secrets): (String, Secrets)| {
        let name: Arc<str> = name.into();
        (Arc::clone(&name), Arc::new(Tenant::new(name, secrets)))
    };
    tenants.into_iter().map(named).collect()
}

impl LookedUp {
    async fn find(&self, name: Arc<str>) -> Result<Found, SourceFailed> {
        let (old, is_usable) = match self.answers.get(&name) {
            Remembered::Known(tenant) => return Ok(Found::Known(tenant)),
            Remembered::Unknown => return Ok(Found::Unknown),
            Remembered::Failed => return Err(SourceFailed),
            Remembered::Stale(tenant) => (Some(tenant), true),
            Remembered::Expired(tenant) => (Some(tenant), false),
            Remembered::Nothing => (None, false),
        };
        let look_up = |flight| self.look_up(Arc::clone(&name), old.as_deref(), flight);
        let found = self.flights.join(Arc::clone(&name), look_up).await;
        // While the source is down, what was known stays known.
        found.or_else(|failed| old.filter(|_| is_usable).map(Found::Known).ok_or(failed))
    }

    async fn look_up(
        &self,
        name: Arc<str>,
        old: Option<&Tenant>,
        flight: Weak<Flight<Result<Found, SourceFailed>>>,
    ) -> Result<Found, SourceFailed> {
        if old.is_none() && !self.misses.take() {
            if self.lines.take() {
                tracing::warn!(target: "qrhook::tenant", "the look-ups of names that are not remembered are used up");
            }
            return Err(SourceFailed);
        }
        let looking = async {
            // Neither semaphore is ever closed.
            let _of_strangers = if old.is_none() { self.turns_of_strangers.acquire().await.ok() } else { None };
            let _turn = self.turns.acquire().await.ok();
            self.look_ups.fetch_add(1, Ordering::Relaxed);
            (self.find)(Arc::clone(&name)).await
        };
        let answer = timeout(self.limits.time, looking).await.unwrap_or_else(|elapsed| Err(elapsed.into()));
        if old.is_none() && matches!(answer, Ok(Some(_))) {
            self.misses.give_back();
        }
        let found = match answer {
            Ok(Some(secrets)) => Ok(Found::Known(Arc::new(Tenant::succeeding(old, &name, secrets)))),
            Ok(None) => Ok(Found::Unknown),
            Err(error) => {
                // The name is not shown, because a stranger may have sent it.
                if self.lines.take() {
                    tracing::error!(target: "qrhook::tenant", cause = %error, "the look-up of a tenant failed");
                }
                Err(SourceFailed)
            }
        };
        self.flights.land(&name, &flight, || match &found {
            Ok(Found::Known(tenant)) => self.answers.know(Arc::clone(tenant), &self.limits),
            Ok(Found::Unknown) => self.answers.know_not(Arc::clone(&name), &self.limits),
            Err(SourceFailed) => self.answers.fail(Arc::clone(&name)),
        });
        found
    }
}

impl fmt::Debug for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenants")
            .field("known", &self.known())
            .field("unknown", &self.unknown())
            .finish_non_exhaustive()
    }
}
