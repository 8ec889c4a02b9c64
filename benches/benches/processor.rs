//! The processor time of this thread, which excludes other work on the machine.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};

pub fn spent() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("every Linux has this clock").into()
}
