//! The time that this thread has spent on a core: what else the machine does is not in it.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

pub fn spent() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock of every Linux").into()
}
