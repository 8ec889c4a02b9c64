//! The tenants of a hook, looked up by name.

use std::{
    collections::HashMap,
    error::Error,
    fmt,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;
use tokio::{
    sync::{OnceCell, Semaphore},
    time::timeout,
};

use super::{
    LONGEST_NAME, Limits, Tenant,
    cache::{Answers, Remembered},
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

type List = HashMap<Arc<str>, Arc<Tenant>>;

struct LookedUp {
    find: Box<Find>,
    limits: Limits,
    answers: Answers,
    /// The look-ups that may still find nothing. Each takes one, and gives it back if it finds a tenant.
    misses: Bucket,
    turns: Semaphore,
    flights: Flights,
    /// Counts the changes by hand. An answer that is older than one is not remembered.
    changes: Mutex<u64>,
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
        Self::of(Kind::LookedUp(Arc::new(LookedUp {
            find: Box::new(find),
            answers: Answers::new(&limits),
            misses: Bucket::new(limits.misses, limits.misses_per_second),
            turns: Semaphore::new(limits.parallel.clamp(1, Semaphore::MAX_PERMITS)),
            limits,
            flights: Flights::default(),
            changes: Mutex::new(0),
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

    /// Replaces the whole list of [listed](Self::listed) tenants. Tenants that are looked up are forgotten, and these
    /// are remembered.
    pub fn replace(&self, tenants: impl IntoIterator<Item = (String, Secrets)>) {
        match &self.kind {
            Kind::Listed(listed) => {
                let tenants = list(tenants);
                listed.rcu(|old| successors(old, &tenants));
            }
            Kind::LookedUp(source) => source.change(|| {
                source.flights.clear();
                source.answers.clear();
                list(tenants).into_values().for_each(|tenant| source.answers.know(tenant, &source.limits));
            }),
        }
    }

    /// Remembers the secrets of a tenant, as if they had just been looked up.
    ///
    /// Call it for every tenant when the program starts: then no stranger who uses up the look-ups can keep a tenant's
    /// events out. Of [listed](Self::listed) tenants, it adds or replaces one.
    pub fn remember(&self, name: &str, secrets: Secrets) {
        let tenant = Arc::new(Tenant::new(name.into(), secrets));
        match &self.kind {
            Kind::Listed(listed) => drop(listed.rcu(|list| {
                let mut list = List::clone(list);
                list.insert(Arc::clone(&tenant.name), Arc::clone(&tenant));
                list
            })),
            Kind::LookedUp(source) => source.change(|| {
                source.flights.forget(name);
                source.answers.know(tenant, &source.limits);
            }),
        }
    }

    /// Forgets what is remembered of a name, so that the next request looks it up. Call it after a change that must take
    /// effect at once. A [listed](Self::listed) tenant is removed.
    pub fn forget(&self, name: &str) {
        match &self.kind {
            Kind::Listed(listed) => drop(listed.rcu(|list| {
                let mut list = List::clone(list);
                list.remove(name);
                list
            })),
            Kind::LookedUp(source) => source.change(|| {
                source.flights.forget(name);
                source.answers.forget(name);
            }),
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
            Kind::LookedUp(source) => source.flights.0.lock().unwrap().len(),
        }
    }

    /// The name of this request's tenant. `None` if it has none that could be known.
    pub(crate) fn name(&self, head: &Head<'_>) -> Option<Arc<str>> {
        // A control character is an error for some databases.
        let is_name = |name: &String| (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(char::is_control);
        (self.name)(head).filter(is_name).map(Arc::from)
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
        let tenant = match old.get(name) {
            Some(old) => Arc::new(old.with_secrets(tenant.secrets.clone())),
            None => Arc::clone(tenant),
        };
        (Arc::clone(name), tenant)
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
        let stale = match self.answers.get(&name) {
            Remembered::Known(tenant) => return Ok(Found::Known(tenant)),
            Remembered::Unknown => return Ok(Found::Unknown),
            Remembered::Stale(tenant) => Some(tenant),
            Remembered::Failed => return Err(SourceFailed),
            Remembered::Nothing => None,
        };
        let found = self.flights.join(Arc::clone(&name), || self.look_up(name, stale.as_deref())).await;
        // While the source is down, what was known stays known.
        found.or_else(|failed| stale.map(Found::Known).ok_or(failed))
    }

    async fn look_up(&self, name: Arc<str>, old: Option<&Tenant>) -> Result<Found, SourceFailed> {
        if old.is_none() && !self.misses.take() {
            return Err(SourceFailed);
        }
        let change = *self.changes();
        let looking = async {
            // The semaphore is never closed.
            let _turn = self.turns.acquire().await.ok();
            self.look_ups.fetch_add(1, Ordering::Relaxed);
            (self.find)(Arc::clone(&name)).await
        };
        let answer = timeout(self.limits.time, looking).await.unwrap_or_else(|elapsed| Err(elapsed.into()));
        if old.is_none() && matches!(answer, Ok(Some(_))) {
            self.misses.give_back();
        }
        let tenant = match answer {
            Ok(Some(secrets)) => Some(Arc::new(match old {
                Some(old) => old.with_secrets(secrets),
                None => Tenant::new(Arc::clone(&name), secrets),
            })),
            Ok(None) => None,
            Err(error) => {
                self.answers.fail(name);
                // The name is not shown, because a stranger may have sent it.
                if self.lines.take() {
                    tracing::error!(target: "qrhook::tenant", cause = %error, "the look-up of a tenant failed");
                }
                return Err(SourceFailed);
            }
        };
        // Held while the answer is stored, so that no change falls between.
        let changes = self.changes();
        if *changes == change {
            match &tenant {
                Some(tenant) => self.answers.know(Arc::clone(tenant), &self.limits),
                None => self.answers.know_not(name, &self.limits),
            }
        }
        Ok(tenant.map_or(Found::Unknown, Found::Known))
    }

    /// Makes a change that an earlier look-up must not undo.
    fn change(&self, change: impl FnOnce()) {
        let mut changes = self.changes();
        *changes = changes.wrapping_add(1);
        change();
    }

    fn changes(&self) -> MutexGuard<'_, u64> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The look-ups under way, so that many requests for one name wait for a single one.
#[derive(Default)]
struct Flights(Mutex<HashMap<Arc<str>, Arc<Flight>>>);

type Flight = OnceCell<Result<Found, SourceFailed>>;

impl Flights {
    /// Further requests for this name do not wait for a look-up that is under way.
    fn forget(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Waits for the look-up of this name, or starts it. If the request that runs it goes away, another one continues
    /// with a look-up of its own.
    async fn join<F>(&self, name: Arc<str>, look_up: impl FnOnce() -> F) -> Result<Found, SourceFailed>
    where
        F: Future<Output = Result<Found, SourceFailed>>,
    {
        let seat = Seat {
            flight: Arc::clone(
                self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(Arc::clone(&name)).or_default(),
            ),
            flights: self,
            name,
        };
        seat.flight.get_or_init(look_up).await.clone()
    }
}

/// One of the requests that wait for a look-up.
struct Seat<'a> {
    flights: &'a Flights,
    name: Arc<str>,
    flight: Arc<Flight>,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut flights = self.flights.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A landed flight takes nobody else along: its answer may be out of date for the next request.
        let is_ours = flights.get(&self.name).is_some_and(|flight| Arc::ptr_eq(flight, &self.flight));
        // The map and this seat hold it: nobody else waits.
        let is_last = Arc::strong_count(&self.flight) == 2;
        if is_ours && (is_last || self.flight.initialized()) {
            flights.remove(&self.name);
        }
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
