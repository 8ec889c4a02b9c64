//! The public store, which passes its steps to the writer.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, TrySendError},
    },
    thread::{self, JoinHandle},
};

use qrhook::store::{Claim, Key, Outcome, Settled, Store, StoreError, StoreFuture, StoreProperties, Terms};

use crate::{
    error,
    fullness::Fullness,
    pending::PendingClaim,
    request::{Request, Waiter},
};

/// The most records that one transaction of a sweep forgets, so that claims get their turn in between.
const SWEPT_AT_ONCE: usize = 1000;

/// A store in one SQLite file. Its guarantees are on the [crate page](crate).
///
/// Dropping it waits until the writer has finished all requested steps.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use qrhook::store::{Key, Outcome, Settled, Store, Terms};
/// use qrhook_sqlite::SqliteStore;
///
/// # qrhook::testing::block_on(async {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("qrhook.db");
/// let store = SqliteStore::open(&path)?;
/// let key = Key::new("qrstudio", "crm-sync", b"evt_1");
/// let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(72 * 3600), 0)?;
///
/// let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("the event is new") };
/// assert_eq!(store.claim(&key, &terms).await?, Outcome::InFlight);
/// assert_eq!(store.release(&claim).await?, Settled::Applied);
/// assert!(matches!(store.claim(&key, &terms).await?, Outcome::Acquired(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteStore {
    path: PathBuf,
    requests: Option<SyncSender<Request>>,
    writer: Option<JoinHandle<()>>,
    transactions: Arc<AtomicU64>,
    fullness: Fullness,
}

impl SqliteStore {
    pub(crate) const fn new(
        path: PathBuf,
        requests: SyncSender<Request>,
        writer: JoinHandle<()>,
        transactions: Arc<AtomicU64>,
        fullness: Fullness,
    ) -> Self {
        Self { path, requests: Some(requests), writer: Some(writer), transactions, fullness }
    }

    /// The path of the file, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The number of transactions so far, for tests of the batching.
    #[doc(hidden)]
    pub fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    fn requests(&self) -> Result<&SyncSender<Request>, StoreError> {
        self.requests.as_ref().ok_or_else(error::writer_gone)
    }

    /// Passes a request to the writer. Never blocks, because this may be a thread of an async runtime.
    fn send(&self, request: Request) -> Result<(), StoreError> {
        self.requests()?.try_send(request).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::unavailable("too many steps are waiting"),
            TrySendError::Disconnected(_) => error::writer_gone(),
        })
    }

    /// Passes a request to the writer and waits for the result.
    async fn ask<T>(&self, request: impl FnOnce(Waiter<T>) -> Request) -> Result<T, StoreError> {
        let (waiter, answer) = Waiter::new();
        self.send(request(waiter))?;
        answer.await.unwrap_or_else(|_| Err(error::writer_gone()))
    }
}

impl Store for SqliteStore {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(async move {
            let claim = Claim::new(*key, *terms)?;
            let (waiter, answer) = Waiter::new();
            self.send(Request::Claim(claim, waiter))?;
            PendingClaim { answer, requests: self.requests()? }.await
        })
    }

    fn commit<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(self.ask(|waiter| Request::Commit(claim.clone(), waiter)))
    }

    fn release<'a>(&'a self, claim: &'a Claim) -> StoreFuture<'a, Settled> {
        Box::pin(self.ask(|waiter| Request::Release(claim.clone(), waiter)))
    }

    fn sweep(&self, limit: usize) -> StoreFuture<'_, usize> {
        Box::pin(async move {
            let mut swept = 0_usize;
            while swept < limit {
                let some = limit.saturating_sub(swept).min(SWEPT_AT_ONCE);
                let now = self.ask(|waiter| Request::Sweep(some, waiter)).await?;
                swept = swept.saturating_add(now);
                if now < some {
                    break;
                }
            }
            Ok(swept)
        })
    }

    fn properties(&self) -> StoreProperties {
        StoreProperties::durable()
    }

    /// Of the limit set with [`with_max_bytes`](crate::SqliteOptions::with_max_bytes), or of what fits on the disk,
    /// whichever is less. Measured at most once a second.
    fn fullness(&self) -> Option<f64> {
        Some(self.fullness.get())
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // The writer ends when the last sender of requests is dropped.
        drop(self.requests.take());
        let Some(writer) = self.writer.take() else { return };
        // Sending a result may have woken and dropped the last user of the store, on the writer's own thread.
        if writer.thread().id() != thread::current().id() {
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}
