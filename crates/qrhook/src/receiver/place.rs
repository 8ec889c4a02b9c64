//! The places of the running handlers, which limit their number and let a shutdown wait for them.

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

use super::{meter::Meter, timer};
use crate::{provider::StoreFailure, rejection::Rejection};

/// The running deliveries of one receiver: those that are verified and not settled yet.
#[derive(Clone)]
pub(super) struct Places {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    meter: Meter,
    handlers: Arc<Semaphore>,
    pub(super) running: AtomicUsize,
    pub(super) abandoned: AtomicUsize,
    /// The number of abandoned handlers that a drain has already reported.
    pub(super) reported: AtomicUsize,
    pub(super) uncommitted: AtomicUsize,
    pub(super) closed: OnceLock<Instant>,
    pub(super) idle: Notify,
}

impl Places {
    pub(super) fn new(meter: Meter, max_handlers: usize) -> Self {
        let handlers = Arc::new(Semaphore::new(max_handlers.min(Semaphore::MAX_PERMITS)));
        Self {
            shared: Arc::new(Shared {
                meter,
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

    /// Refuses a request during a shutdown, before its body is read. Requests whose sender does not retry are still
    /// accepted until the listener is closed.
    pub(super) fn check_open(&self, failure: StoreFailure) -> Result<(), Rejection> {
        let refused = failure == StoreFailure::Refuse && self.shared.closed.get().is_some();
        if refused { Err(Rejection::Closing) } else { Ok(()) }
    }

    /// Counts a delivery as running.
    pub(super) fn enter(&self, failure: StoreFailure) -> Result<Running, Rejection> {
        // Counted before the check, so that a drain that begins in between waits for this delivery.
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        let running = Running { shared: Arc::clone(&self.shared), handler: None, running: false, unsettled: false };
        self.check_open(failure)?;
        Ok(running)
    }

    /// The time at which the receiver began to drain.
    pub(super) fn closed_at(&self) -> Option<Instant> {
        self.shared.closed.get().copied()
    }

    /// Counts a handled event whose commit was given up.
    pub(super) fn give_up_commit(&self) {
        self.shared.uncommitted.fetch_add(1, Ordering::SeqCst);
    }
}

/// One running delivery, counted until it is dropped.
pub(super) struct Running {
    shared: Arc<Shared>,
    handler: Option<OwnedSemaphorePermit>,
    running: bool,
    unsettled: bool,
}

impl Running {
    /// Waits for a place, until this moment or, if it is `None`, as long as necessary.
    pub(super) async fn wait_for_place(&mut self, until: Option<Instant>) -> Result<(), Rejection> {
        let handlers = Arc::clone(&self.shared.handlers);
        if let Ok(place) = Arc::clone(&handlers).try_acquire_owned() {
            self.handler = Some(place);
            return Ok(());
        }
        let _waiting = Waiting::new(&self.shared.meter);
        let place = handlers.acquire_owned();
        let place = match until {
            Some(until) => timer::until(until, place).await.ok_or(Rejection::TooManyHandlers)?,
            None => place.await,
        };
        // The semaphore is never closed.
        self.handler = place.ok();
        Ok(())
    }

    /// Marks the start of the handler. A drop before [`settled`](Self::settled) means that its task was dropped.
    pub(super) fn start(&mut self) {
        self.unsettled = true;
        self.running = true;
        self.shared.meter.handler_starts();
    }

    /// Frees the place of a handler that has ended.
    pub(super) fn handler_is_over(&mut self) {
        self.handler = None;
        if std::mem::take(&mut self.running) {
            self.shared.meter.handler_ends();
        }
    }

    /// Marks the claim as settled.
    pub(super) fn settled(&mut self) {
        self.unsettled = false;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handler_is_over();
        if self.unsettled {
            self.shared.abandoned.fetch_add(1, Ordering::SeqCst);
        }
        if self.shared.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.shared.idle.notify_waiters();
        }
    }
}

/// A delivery that waits for a place.
struct Waiting<'a>(&'a Meter);

impl<'a> Waiting<'a> {
    fn new(meter: &'a Meter) -> Self {
        meter.handler_waits();
        Self(meter)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.handler_waits_no_more();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}
