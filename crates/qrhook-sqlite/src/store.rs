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
    error,
    pending::PendingClaim,
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

    fn requests(&self) -> Result<&SyncSender<Request>, StoreError> {
        self.requests.as_ref().ok_or_else(error::writer_gone)
    }

    /// Passes a request to the writer. Never blocks, because this may be the thread of a runtime.
    fn send(&self, request: Request) -> Result<(), StoreError> {
        self.requests()?.try_send(request).map_err(|refused| match refused {
            TrySendError::Full(_) => StoreError::unavailable("too many steps are waiting"),
            TrySendError::Disconnected(_) => error::writer_gone(),
        })
    }

    /// Passes a request to the writer, and waits for the result.
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
