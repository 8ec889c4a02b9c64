//! The clock of a file: it goes on over restarts, and jumps of the wall clock do not move it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use qrhook::{Clock, SystemClock};

/// Where the time comes from.
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
            // A `Clock` tells whole seconds; a program that restarts within one would lose or win up to a second.
            Self::System(_) => match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(after) => millis(after),
                Err(before) => millis(before.duration()).saturating_neg(),
            },
            Self::Given(clock) => clock.unix().as_secs().saturating_mul(1000),
        }
    }
}

/// What the file remembers of its clock: what it said, and what the wall clock said then. In milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) now: i64,
    pub(crate) wall: i64,
}

/// The clock that leases and retentions in one file run on, in milliseconds.
///
/// While the program runs, only the monotonic clock moves it. The wall clock is asked once, at the start, how long the
/// program was away.
pub(crate) struct FileClock {
    source: Source,
    start: i64,
    started: i64,
    marked: i64,
}

impl FileClock {
    /// How old a mark in the file may get before a step writes the next one. The mark is a page more to write, and
    /// what it guards against, a wall clock that jumps between two runs, is rare.
    const MARK_EVERY: i64 = 1000;

    pub(crate) fn start(source: Source, mark: Option<Mark>) -> Self {
        let wall = source.wall();
        let start = match mark {
            None => wall,
            // Set back while the program was away: time stood still, so nothing ends early.
            Some(mark) => mark.now.saturating_add(wall.saturating_sub(mark.wall).max(0)),
        };
        let started = source.monotonic();
        Self { source, start, started, marked: i64::MIN }
    }

    pub(crate) fn now(&self) -> i64 {
        self.start.saturating_add(self.source.monotonic().saturating_sub(self.started).max(0))
    }

    /// What the file should remember, if it is time to.
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

/// Whole milliseconds, rounded up: no lease and no retention is shorter than it was asked for.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(i64::MAX)
}
