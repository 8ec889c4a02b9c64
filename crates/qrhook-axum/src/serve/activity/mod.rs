//! What a connection is doing, and when it has lasted too long.

#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};

use http::Version;
use tokio::time::Instant;

/// How long a connection may have nothing to do: longer than the 60 s after which the usual proxies close it themselves.
const IDLE_TIME: Duration = Duration::from_secs(75);

/// How long a request's header may take, from its first byte.
const HEADER_TIME: Duration = Duration::from_secs(5);

/// How long a client may read nothing of its response.
const BLOCKED_TIME: Duration = Duration::from_secs(30);

/// How long a connection that was told to end may take.
const CLOSING_TIME: Duration = Duration::from_secs(5);

/// What a connection is doing. Its socket and its requests report it; its task and the accept loop act on it.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Requests whose response is not finished; more than one over HTTP/2 only.
    requests: usize,
    /// Whether a part of a request's header is there, while `requests` is zero.
    header: bool,
    /// Since when it has had no request.
    since: Instant,
    /// Until when it may have no request.
    until: Instant,
    /// Since when a response waits for its reader.
    blocked: Option<Instant>,
    /// From when on it ends as soon as it is idle.
    leave: Option<Instant>,
    http2: bool,
    /// Whether it was told to end.
    told: bool,
    task: Waker,
}

/// What has to be done with a connection whose time is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// Nothing: a request has just arrived.
    Not,
    /// Finish what is in progress, and end.
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

    /// Something was read.
    pub(super) fn read(&self) {
        let mut state = self.state();
        // Over HTTP/2 it may be a frame that belongs to no request. There the library bounds the headers.
        if state.requests == 0 && !state.header && !state.http2 {
            state.header_begins();
        }
    }

    /// Something was written, or the client does not read.
    pub(super) fn written(&self, blocked: bool) {
        let mut state = self.state();
        state.blocked = blocked.then(|| state.blocked.unwrap_or_else(Instant::now));
    }

    /// A request has arrived. It is in progress until the value is dropped.
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

    /// From that moment on the connection ends as soon as it is idle, and until then every response says that it is
    /// the last one.
    pub(super) fn leave(&self, at: Instant) {
        let mut state = self.state();
        state.leave = Some(at);
        if !state.header {
            state.until = state.until.min(at);
        }
        state.task.wake_by_ref();
    }

    /// Since when it has had nothing to do but to wait for its client; `None` while it has, or when it is ending.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.requests == 0 && state.blocked.is_none() && state.leave.is_none()).then_some(state.since)
    }

    /// Ends it in favour of another one, unless a request has just arrived.
    pub(super) fn displace(&self) {
        let mut state = self.state();
        if state.requests == 0 {
            let now = Instant::now();
            (state.leave, state.until) = (Some(now), now);
            state.task.wake_by_ref();
        }
    }

    /// When its time is over, if nothing else happens; `None` while a request is in progress. Wakes the task when that
    /// moment comes nearer.
    pub(super) fn ends(&self, task: &Waker) -> Option<Instant> {
        let mut state = self.state();
        state.task.clone_from(task);
        match state.blocked {
            Some(since) => Some(later(since, BLOCKED_TIME)),
            None if state.requests == 0 => Some(state.until),
            // Over HTTP/2 the client is told that it must not begin another one.
            None if state.http2 && !state.told => state.leave,
            None => None,
        }
    }

    /// What to do when that moment has come.
    pub(super) fn over(&self, unread: impl FnOnce() -> bool) -> Over {
        let mut state = self.state();
        if state.blocked.is_some() || (state.requests == 0 && (state.header || state.told)) {
            return Over::Cut;
        }
        // The bytes of a request that the server has not seen yet would be answered with a reset.
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
    /// Whether its response is the last one of its connection.
    pub(super) fn is_last(&self) -> bool {
        self.0.is_leaving()
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.state().request_ends();
    }
}

/// The same moment where the clock ends before that.
pub(super) fn later(moment: Instant, by: Duration) -> Instant {
    moment.checked_add(by).unwrap_or(moment)
}
