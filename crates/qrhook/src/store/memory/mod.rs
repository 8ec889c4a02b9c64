//! The memory store: the default, for one program that may forget handled ids at a restart.

mod shard;
mod table;

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use hashbrown::hash_table::Entry;

use self::{
    shard::{Claimed, Shard},
    table::{Done, tag},
};
use super::{Claim, Key, Outcome, Settled, Store, StoreError, StoreErrorKind, StoreFuture, StoreProperties, Terms};
use crate::clock::{Clock, SystemClock};

const SHARDS: usize = 128;

/// The shard for each value of ten bits of a key. The last shard gets about one and a half times as many values as the
/// first, so that the shards grow one after another: a table that has just grown is half empty.
const SHARD_OF: [u8; 1 << 10] = {
    /// The 128th root of 1.5, in parts of 2^24.
    const RATIO: u64 = 16_830_445;
    let mut shards = [0; 1 << 10];
    // Shard i ends where the fraction (1.5^((i + 1) / 128) - 1) * 2 of all values has passed.
    let (mut bits, mut passed, mut shard, mut power) = (0, 0, 0, RATIO);
    while bits < shards.len() {
        while shard < 127 && (power - (1 << 24)) << 11 <= passed {
            power = (power * RATIO) >> 24;
            shard += 1;
        }
        shards[bits] = shard;
        bits += 1;
        passed += 1 << 24;
    }
    shards
};

/// One in 16 claims looks at 64 places for records to forget. That is four places per claim, so that forgetting keeps
/// up, and many at once, because they are adjacent in memory.
const PLACES_OF_A_SWEEP: usize = 64;
const CLAIMS_OF_A_SWEEP: usize = 16;

/// The number of places that one sweep looks at when a claim finds the store full.
const SWEPT_WHEN_FULL: usize = 4096;

/// The number of such sweeps before the claim fails.
const SWEEPS_WHEN_FULL: usize = 16;

/// A store in memory.
///
/// It never forgets an id within its retention. When it is full, claims fail, and the receiver responds with 503 until
/// some ids have passed their retention. It logs a warning when it is 80 % full.
///
/// # Example
///
/// ```
/// use qrhook::{MemoryStore, store::StoreErrorKind};
/// # use qrhook::store::{Key, Outcome, Store, Terms};
/// # fn wait<T>(step: impl Future<Output = T>) -> T {
/// #     let mut step = std::pin::pin!(step);
/// #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
/// #     loop { if let std::task::Poll::Ready(value) = step.as_mut().poll(&mut context) { return value } }
/// # }
/// # wait(async {
/// # let [first, second] = [b"evt_1", b"evt_2"].map(|id| Key::new("qrstudio", "crm-sync", id));
/// # let terms = Terms::new(std::time::Duration::from_secs(30), std::time::Duration::from_secs(3600), 0)?;
///
/// let store = MemoryStore::new().with_max_ids(1);
/// assert!(matches!(store.claim(&first, &terms).await?, Outcome::Acquired(_)));
/// assert_eq!(store.held(), 1);
///
/// let refused = store.claim(&second, &terms).await.unwrap_err();
/// assert_eq!(refused.kind(), StoreErrorKind::Full);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct MemoryStore {
    shards: Box<[Mutex<Shard>]>,
    next_swept: AtomicUsize,
    held: AtomicUsize,
    max_ids: usize,
    warned: AtomicBool,
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    /// The default of [`with_max_ids`](Self::with_max_ids): one million.
    pub const MAX_IDS: usize = 1_000_000;

    /// Creates a store for up to [`MAX_IDS`](Self::MAX_IDS) ids.
    pub fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            next_swept: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            max_ids: Self::MAX_IDS,
            warned: AtomicBool::new(false),
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// Sets the maximum number of ids that the store holds.
    #[must_use]
    pub fn with_max_ids(self, ids: usize) -> Self {
        Self { max_ids: ids, ..self }
    }

    /// Uses this clock for leases and retentions. For tests.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// The number of ids in the store, both handled and claimed. Expired records count until they are swept.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, Shard> {
        // A table is searched by the other bytes.
        let [.., high, low] = *key.as_bytes();
        lock(&self.shards[usize::from(SHARD_OF[usize::from(u16::from_be_bytes([high, low]) >> 6)])])
    }

    fn claim_now(&self, key: &Key, terms: &Terms) -> Result<Outcome, StoreError> {
        let outcome = self.try_claim(key, terms);
        if matches!(outcome, Ok(Outcome::Acquired(_))) {
            self.warn_when_nearly_full();
        }
        if !matches!(&outcome, Err(error) if error.kind() == StoreErrorKind::Full) {
            return outcome;
        }
        // Sweeps until a record is forgotten, within a limit: the next expired record may be far away.
        for _ in 0..SWEEPS_WHEN_FULL {
            if self.sweep_now(SWEPT_WHEN_FULL) > 0 {
                return self.try_claim(key, terms);
            }
        }
        outcome
    }

    fn try_claim(&self, key: &Key, terms: &Terms) -> Result<Outcome, StoreError> {
        let now = self.clock.monotonic();
        let mut shard = self.shard(key);
        if shard.is_sweep_due() {
            self.forget(shard.sweep(PLACES_OF_A_SWEEP, now));
        }
        if let Some(done) = shard.find_done(key, now) {
            return Ok(Outcome::Done { same_occurrence: done.occurrence == terms.occurrence() });
        }
        let claim = Claim::within_process(*key, *terms);
        match shard.claimed_entry(key) {
            Entry::Occupied(claimed) if claimed.get().lease_until > now => return Ok(Outcome::InFlight),
            Entry::Occupied(mut claimed) => *claimed.get_mut() = Claimed::by(&claim, now),
            Entry::Vacant(place) if self.reserve() => {
                place.insert(Claimed::by(&claim, now));
            }
            Entry::Vacant(_) => return Err(StoreError::full()),
        }
        Ok(Outcome::Acquired(claim))
    }

    fn commit_now(&self, claim: &Claim) -> Settled {
        let now = self.clock.monotonic();
        let mut shard = self.shard(claim.key());
        if !shard.take(claim) {
            let ours = shard.find_done(claim.key(), now).is_some_and(|done| done.owner == tag(claim.owner()));
            return if ours { Settled::Applied } else { Settled::Lost };
        }
        if !shard.remember(Done::by(claim, now)) {
            self.forget(1);
        }
        Settled::Applied
    }

    fn release_now(&self, claim: &Claim) -> Settled {
        let now = self.clock.monotonic();
        let mut shard = self.shard(claim.key());
        if shard.take(claim) {
            self.forget(1);
            return Settled::Applied;
        }
        if shard.knows(claim.key(), now) { Settled::Lost } else { Settled::Applied }
    }

    fn sweep_now(&self, limit: usize) -> usize {
        let now = self.clock.monotonic();
        let mut left = limit;
        let mut swept = 0_usize;
        for _ in 0..SHARDS {
            // Stop here, so that the next sweep continues with the next shard. If the loop went on through the other
            // shards without sweeping them, every sweep would begin with the same shard.
            if left == 0 {
                break;
            }
            let shard = self.next_swept.fetch_add(1, Ordering::Relaxed) % SHARDS;
            let mut shard = lock(&self.shards[shard]);
            let places = shard.places().min(left);
            swept = swept.saturating_add(shard.sweep(places, now));
            left = left.saturating_sub(places);
        }
        self.forget(swept);
        swept
    }

    /// Reserves room for one more id, if there is any.
    fn reserve(&self) -> bool {
        let take = |held: usize| (held < self.max_ids).then(|| held.saturating_add(1));
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Called without a lock, because the program's subscriber may be slow.
    fn warn_when_nearly_full(&self) {
        let held = self.held();
        if held.saturating_mul(5) >= self.max_ids.saturating_mul(4) && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                held,
                max_ids = self.max_ids,
                "the memory store is 80 % full; once it is full, deliveries are refused"
            );
        }
    }

    fn forget(&self, count: usize) {
        if count > 0 {
            let held = self.held.fetch_sub(count, Ordering::Relaxed).saturating_sub(count);
            if held < self.max_ids / 2 {
                self.warned.store(false, Ordering::Relaxed);
            }
        }
    }
}

/// Ignores poisoning: nothing between the writes of a step can panic, so a panic under a lock leaves no step half done.
fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store for MemoryStore {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(async move { self.claim_now(key, terms) })
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(async move { Ok(self.commit_now(claim)) })
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(async move { Ok(self.release_now(claim)) })
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async move { Ok(self.sweep_now(limit)) })
    }

    fn properties(&self) -> StoreProperties {
        StoreProperties::volatile()
    }

    #[expect(clippy::as_conversions, reason = "there is no other conversion; above 2^53 ids it rounds")]
    fn fullness(&self) -> Option<f64> {
        Some(self.held() as f64 / self.max_ids.max(1) as f64)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore")
            .field("held", &self.held())
            .field("max_ids", &self.max_ids)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
