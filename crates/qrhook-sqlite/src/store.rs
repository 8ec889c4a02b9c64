//! The store, as its callers see it.

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
    error::OpenError,
    options::SqliteOptions,
    request::{Request, Waiter},
};

/// How many records one transaction of a sweep forgets: claims get their turn in between.
const SWEPT_AT_ONCE: usize = 1000;

/// A store in one SQLite file. The [crate page](crate) says what it promises.
///
/// Dropping it waits until the writer has finished what it was asked.
pub struct SqliteStore {
    path: PathBuf,
    requests: Option<SyncSender<Request>>,
    writer: Option<JoinHandle<()>>,
    transactions: Arc<AtomicU64>,
}

impl SqliteStore {
    /// Opens a store, and creates its file if there is none.
    ///
    /// Blocks while SQLite opens the file, which takes milliseconds: meant for the start of a program.
    ///
    /// # Errors
    ///
    /// When the file cannot be the store; [`OpenError`] says why and names it.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::options().open(path)
    }

    /// How to open a store other than by default.
    pub fn options() -> SqliteOptions {
        SqliteOptions::new()
    }

    pub(crate) const fn new(
        path: PathBuf,
        requests: SyncSender<Request>,
        writer: JoinHandle<()>,
        transactions: Arc<AtomicU64>,
    ) -> Self {
        Self { path, requests: Some(requests), writer: Some(writer), transactions }
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many transactions it made. For tests of the batching.
    #[doc(hidden)]
    pub fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// Hands a request to the writer, and waits for the answer.
    async fn ask<T>(&self, request: impl FnOnce(Waiter<T>) -> Request) -> Result<T, StoreError> {
        let gone = || StoreError::unavailable("the writer of the store has ended");
        let (waiter, answer) = Waiter::new();
        // Never blocks: this may be the thread of a runtime.
        match self.requests.as_ref().ok_or_else(gone)?.try_send(request(waiter)) {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(gone())),
            Err(TrySendError::Full(_)) => Err(StoreError::unavailable("too many steps are waiting")),
            Err(TrySendError::Disconnected(_)) => Err(gone()),
        }
    }
}

impl Store for SqliteStore {
    fn claim<'a>(&'a self, key: &'a Key, terms: &'a Terms) -> StoreFuture<'a, Outcome> {
        Box::pin(async move {
            let claim = Claim::new(*key, *terms)?;
            self.ask(|waiter| Request::Claim(claim, waiter)).await
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
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // The writer ends when nobody can ask any more.
        drop(self.requests.take());
        let Some(writer) = self.writer.take() else { return };
        // An answer may have dropped the last user of the store, on the writer's own thread.
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
