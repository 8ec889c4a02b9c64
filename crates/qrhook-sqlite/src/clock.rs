//! The clock of a file. It continues across restarts, and jumps of the wall clock do not move it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use qrhook::{Clock, SystemClock};

/// The source of the time.
pub(crate) enum Source {
    System(SystemClock),
    Given(Box<dyn Clock>),
}

impl Source {
    fn monotonic(&self) -> i64 {
        millis(match self {
            Self::System(clock) => clock.monotonic(),
            Self::Given(clock) => clock.monotonic(),
        })
    }

    fn wall(&self) -> i64 {
        match self {
            // Not from the `Clock`, which has whole seconds: each restart would lose or gain up to a second.
            Self::System(_) => match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(after) => millis(after),
                Err(before) => millis(before.duration()).saturating_neg(),
            },
            Self::Given(clock) => clock.unix().as_secs().saturating_mul(1000),
        }
    }
}

/// A mark in the file: the time of its clock, and of the wall clock at that moment. In milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) now: i64,
    pub(crate) wall: i64,
}

/// The clock that leases and retentions in one file run on, in milliseconds.
///
/// While the program runs, only the monotonic clock moves it. The wall clock is read once, at the start, to find out
/// how long the program was not running.
pub(crate) struct FileClock {
    source: Source,
    start: i64,
    started: i64,
    marked: i64,
}

impl FileClock {
    /// The age at which a step replaces the mark. A mark costs one more page to write, and it only guards against a
    /// wall clock that jumps between two runs, which is rare.
    const MARK_EVERY: i64 = 1000;

    pub(crate) fn start(source: Source, mark: Option<Mark>) -> Self {
        let wall = source.wall();
        let start = match mark {
            None => wall,
            // If the wall clock was set back in between, no time has passed, so that nothing ends early.
            Some(mark) => mark.now.saturating_add(wall.saturating_sub(mark.wall).max(0)),
        };
        let started = source.monotonic();
        Self { source, start, started, marked: i64::MIN }
    }

    pub(crate) fn now(&self) -> i64 {
        self.start.saturating_add(self.source.monotonic().saturating_sub(self.started).max(0))
    }

    /// Returns the next mark, if it is due.
    pub(crate) fn due_mark(&self, now: i64) -> Option<Mark> {
        (now.saturating_sub(self.marked) >= Self::MARK_EVERY).then(|| self.mark(now))
    }

    pub(crate) fn mark(&self, now: i64) -> Mark {
        Mark { now, wall: self.source.wall() }
    }

    pub(crate) fn was_marked(&mut self, mark: Mark) {
        self.marked = mark.now;
    }
}

/// The duration in milliseconds, rounded up: a lease or retention is never shorter than requested.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX)
}
