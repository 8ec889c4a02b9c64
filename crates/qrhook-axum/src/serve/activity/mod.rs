//! The activity of a connection, and its time limits.

#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};

use http::Version;
use tokio::time::Instant;

/// The time that a connection may be idle: longer than the 60 s after which common proxies close it themselves.
const IDLE_TIME: Duration = Duration::from_secs(75);

/// The time limit for a request's header, from its first byte.
const HEADER_TIME: Duration = Duration::from_secs(5);

/// The time after which a client that does not read its response is cut off.
const BLOCKED_TIME: Duration = Duration::from_secs(30);

/// The time limit for a connection that was told to end.
const CLOSING_TIME: Duration = Duration::from_secs(5);

/// The activity of a connection. Its socket and its requests report it; its task and the accept loop act on it.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Requests whose response is not finished. Only over HTTP/2 can there be more than one.
    requests: usize,
    /// Whether a part of a request's header has arrived, while `requests` is zero.
    header: bool,
    /// The start of the time without a request.
    since: Instant,
    /// The deadline for the next request.
    until: Instant,
    /// The time at which the client stopped reading its response.
    blocked: Option<Instant>,
    /// The moment from which the connection ends as soon as it is idle.
    leave: Option<Instant>,
    http2: bool,
    /// Whether the connection was told to end.
    told: bool,
    task: Waker,
}

/// The next step for a connection whose time limit has passed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Keep it: a request has just arrived.
    Not,
    /// Finish the requests in progress, then end.
    Close,
    /// End at once.
    Cut,
}

impl Activity {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            requests: 0,
            header: false,
            since: now,
            until: later(now, IDLE_TIME),
            blocked: None,
            leave: None,
            http2: false,
            told: false,
            task: Waker::noop().clone(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports that bytes were read.
    pub(super) fn read(&self) {
        let mut state = self.state();
        // Over HTTP/2 they may be a frame that belongs to no request, and the library bounds the headers.
        if state.requests == 0 && !state.header && !state.http2 {
            state.header_begins();
        }
    }

    /// Reports that bytes were written, or that the client does not read them.
    pub(super) fn written(&self, blocked: bool) {
        let mut state = self.state();
        state.blocked = blocked.then(|| state.blocked.unwrap_or_else(Instant::now));
    }

    /// Reports that a request has arrived. It is in progress until the value is dropped.
    pub(super) fn begin(self: &Arc<Self>, version: Version) -> InProgress {
        let mut state = self.state();
        state.requests = state.requests.saturating_add(1);
        state.header = false;
        state.http2 = version == Version::HTTP_2;
        drop(state);
        InProgress(Arc::clone(self))
    }

    /// Whether the next response is the last one.
    pub(super) fn is_leaving(&self) -> bool {
        self.state().leave.is_some()
    }

    /// From `at` on, ends the connection as soon as it is idle. From now on, every response is marked as the last one
    /// on its connection.
    pub(super) fn leave(&self, at: Instant) {
        let mut state = self.state();
        state.leave = Some(at);
        if !state.header {
            state.until = state.until.min(at);
        }
        state.task.wake_by_ref();
    }

    /// The moment at which the connection became idle, waiting for its client. `None` if it is busy or ending.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.requests == 0 && state.blocked.is_none() && state.leave.is_none()).then_some(state.since)
    }

    /// Ends the connection to make room for another one, unless a request has just arrived.
    pub(super) fn displace(&self) {
        let mut state = self.state();
        if state.requests == 0 {
            let now = Instant::now();
            (state.leave, state.until) = (Some(now), now);
            state.task.wake_by_ref();
        }
    }

    /// The moment at which the connection's time runs out if nothing else happens. `None` while a request is in
    /// progress. The task is woken if the moment moves closer.
    pub(super) fn ends(&self, task: &Waker) -> Option<Instant> {
        let mut state = self.state();
        state.task.clone_from(task);
        match state.blocked {
            Some(since) => Some(later(since, BLOCKED_TIME)),
            None if state.requests == 0 => Some(state.until),
            // Over HTTP/2, the client is told not to start another request.
            None if state.http2 && !state.told => state.leave,
            None => None,
        }
    }

    /// The next step when that moment has come.
    pub(super) fn over(&self, unread: impl FnOnce() -> bool) -> Over {
        let mut state = self.state();
        if state.blocked.is_some() || (state.requests == 0 && (state.header || state.told)) {
            return Over::Cut;
        }
        // Closing now would reset the connection of a request that has arrived but was not read yet.
        if state.requests == 0 && !state.http2 && unread() {
            state.header_begins();
            state.leave.get_or_insert_with(Instant::now);
            return Over::Not;
        }
        state.told = true;
        state.until = later(Instant::now(), CLOSING_TIME);
        Over::Close
    }
}

impl State {
    fn header_begins(&mut self) {
        let now = Instant::now();
        (self.header, self.since, self.until) = (true, now, later(now, HEADER_TIME));
    }

    fn request_ends(&mut self) {
        self.requests = self.requests.saturating_sub(1);
        if self.requests == 0 {
            self.since = Instant::now();
            let time = if self.told { CLOSING_TIME } else { IDLE_TIME };
            let until = later(self.since, time);
            self.until = self.leave.filter(|_| !self.told).map_or(until, |leave| until.min(leave));
        }
    }
}

/// A request whose response is not finished.
#[derive(Debug)]
pub(super) struct InProgress(Arc<Activity>);

impl InProgress {
    /// Whether the response is the last one on its connection.
    pub(super) fn is_last(&self) -> bool {
        self.0.is_leaving()
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.state().request_ends();
    }
}

/// Adds a duration to a time, or returns the time unchanged if the sum is out of range.
pub(super) fn later(moment: Instant, by: Duration) -> Instant {
    moment.checked_add(by).unwrap_or(moment)
}
