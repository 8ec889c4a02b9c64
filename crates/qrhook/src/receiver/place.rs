//! A place among the running handlers: so that there are not too many of them, and so that a shutdown can wait for them.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use super::timer;
use crate::{provider::StoreFailure, rejection::Rejection};

/// The deliveries of one receiver between their verification and their settling.
#[derive(Clone)]
pub(super) struct Places {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    sender: &'static str,
    endpoint: String,
    handlers: Arc<Semaphore>,
    pub(super) running: AtomicUsize,
    pub(super) abandoned: AtomicUsize,
    /// How many of them a drain has reported.
    pub(super) reported: AtomicUsize,
    pub(super) uncommitted: AtomicUsize,
    pub(super) closed: OnceLock<Instant>,
    pub(super) idle: Notify,
}

impl Places {
    pub(super) fn new(sender: &'static str, endpoint: &str, max_handlers: usize) -> Self {
        let handlers = Arc::new(Semaphore::new(max_handlers.min(Semaphore::MAX_PERMITS)));
        Self {
            shared: Arc::new(Shared {
                sender,
                endpoint: endpoint.to_owned(),
                handlers,
                running: AtomicUsize::new(0),
                abandoned: AtomicUsize::new(0),
                reported: AtomicUsize::new(0),
                uncommitted: AtomicUsize::new(0),
                closed: OnceLock::new(),
                idle: Notify::new(),
            }),
        }
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Refuses early while a shutdown is under way, before a body is read. A sender that would not try again is served for
    /// as long as its requests arrive: it is the listener that ends that.
    pub(super) fn check_open(&self, failure: StoreFailure) -> Result<(), Rejection> {
        let refused = failure == StoreFailure::Refuse && self.shared.closed.get().is_some();
        if refused { Err(Rejection::Closing) } else { Ok(()) }
    }

    /// Counts a delivery as running.
    pub(super) fn enter(&self, failure: StoreFailure) -> Result<Running, Rejection> {
        // Counted before the check, so that a drain that begins in between waits for it.
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        let running = Running { shared: Arc::clone(&self.shared), handler: None, unsettled: false };
        self.check_open(failure)?;
        Ok(running)
    }

    /// When the receiver began to drain.
    pub(super) fn closed_at(&self) -> Option<Instant> {
        self.shared.closed.get().copied()
    }

    /// A handled event whose commit was given up.
    pub(super) fn give_up_commit(&self) {
        self.shared.uncommitted.fetch_add(1, Ordering::SeqCst);
    }
}

/// One running delivery: counted until it is dropped.
pub(super) struct Running {
    shared: Arc<Shared>,
    handler: Option<OwnedSemaphorePermit>,
    unsettled: bool,
}

impl Running {
    /// Waits until a handler may run: until this moment, or for as long as it takes.
    pub(super) async fn wait_for_place(&mut self, until: Option<Instant>) -> Result<(), Rejection> {
        let place = Arc::clone(&self.shared.handlers).acquire_owned();
        let place = match until {
            Some(until) => timer::until(until, place).await.ok_or(Rejection::TooManyHandlers)?,
            None => place.await,
        };
        // The semaphore is never closed.
        self.handler = place.ok();
        Ok(())
    }

    /// A handler starts. If this is dropped before [`settled`](Self::settled), its task was dropped with it.
    pub(super) fn start(&mut self) {
        self.unsettled = true;
    }

    /// The handler is over: another one may run.
    pub(super) fn handler_is_over(&mut self) {
        self.handler = None;
    }

    /// The claim is settled.
    pub(super) fn settled(&mut self) {
        self.unsettled = false;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.unsettled {
            self.shared.abandoned.fetch_add(1, Ordering::SeqCst);
            let Shared { sender, endpoint, .. } = &*self.shared;
            tracing::error!(
                sender,
                endpoint,
                "the task of a handler was dropped before it finished; its lease goes on"
            );
        }
        if self.shared.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.shared.idle.notify_waiters();
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}
