//! What is running, so that there is not too much of it, and so that a shutdown can wait for it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use super::host::within;
use crate::{rejection::Rejection, timer::Timer};

/// The running handlers of one receiver.
#[derive(Clone)]
pub(super) struct Load {
    state: Arc<Mutex<State>>,
    limit: usize,
}

#[derive(Default)]
struct State {
    running: usize,
    abandoned: usize,
    closing: bool,
    waiting: Vec<Waker>,
}

impl Load {
    pub(super) fn new(limit: usize) -> Self {
        Self { state: Arc::default(), limit }
    }

    /// Says early that a shutdown is under way, before a body is read.
    pub(super) fn check_open(&self) -> Result<(), Rejection> {
        if self.lock().closing { Err(Rejection::Closing) } else { Ok(()) }
    }

    /// Takes a place among the running.
    pub(super) fn enter(&self) -> Result<Running, Rejection> {
        let mut state = self.lock();
        if state.closing {
            return Err(Rejection::Closing);
        }
        if state.running >= self.limit {
            return Err(Rejection::TooManyHandlers);
        }
        state.running = state.running.saturating_add(1);
        Ok(Running { load: self.clone(), unsettled: false })
    }

    pub(super) fn close(&self) {
        self.lock().closing = true;
    }

    pub(super) fn left(&self) -> Drained {
        let state = self.lock();
        Drained { running: state.running, abandoned: state.abandoned }
    }

    /// Waits until nothing runs, at most this long.
    pub(super) async fn idle(&self, timeout: Duration) {
        let idle = std::future::poll_fn(|context| {
            let mut state = self.lock();
            if state.running == 0 {
                return Poll::Ready(());
            }
            if !state.waiting.iter().any(|waker| waker.will_wake(context.waker())) {
                state.waiting.push(context.waker().clone());
            }
            Poll::Pending
        });
        within(idle, Timer::new(timeout)).await;
    }

    fn wake(&self) {
        let waiting = std::mem::take(&mut self.lock().waiting);
        waiting.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among the running: given back when the handler and its settling are over, however they end.
pub(super) struct Running {
    load: Load,
    unsettled: bool,
}

impl Running {
    /// A handler starts. If this is dropped before [`end`](Self::end), its task was dropped with it.
    pub(super) fn start(&mut self) {
        self.unsettled = true;
    }

    /// The handler is over, and its claim settled.
    pub(super) fn end(&mut self) {
        self.unsettled = false;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let idle = {
            let mut state = self.load.lock();
            state.running = state.running.saturating_sub(1);
            // A runtime that ends drops its tasks, and a count of tasks that are gone would call that a success.
            state.abandoned = state.abandoned.saturating_add(usize::from(self.unsettled));
            state.running == 0
        };
        if idle {
            self.load.wake();
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Running")
    }
}

/// What was left when a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drained {
    /// Handlers that still ran when the time was over.
    pub running: usize,
    /// Handlers whose tasks were dropped before they finished, because their runtime ended first. Their claims end with
    /// the lease, and their events are handled by the senders' retries.
    pub abandoned: usize,
}

impl Drained {
    /// Whether every handler finished and was settled.
    pub const fn is_complete(&self) -> bool {
        self.running == 0 && self.abandoned == 0
    }
}
