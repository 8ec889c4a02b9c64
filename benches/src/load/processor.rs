//! Cores and processor time.

use std::time::Duration;

use nix::{
    sched::{CpuSet, sched_getaffinity, sched_setaffinity},
    time::{ClockId, clock_getcpuclockid, clock_gettime},
    unistd::Pid,
};

use super::Result;

/// The users of the cores. With a single core they share it, and requests per second mean little.
#[derive(Clone, Copy)]
pub enum Core {
    Client,
    Server,
}

/// Pins this thread, and the threads that it starts, to a core.
pub fn pin(core: Core) -> Result<()> {
    let this = Pid::from_raw(0);
    let allowed = sched_getaffinity(this)?;
    let mut cores = (0..CpuSet::count()).filter(|core| allowed.is_set(*core).unwrap_or(false));
    let found = match core {
        Core::Client => cores.next(),
        Core::Server => cores.next_back(),
    };
    let mut set = CpuSet::new();
    set.set(found.ok_or("there is no core")?)?;
    Ok(sched_setaffinity(this, &set)?)
}

/// The time that a process has spent on all cores, in user and kernel mode. It is exact, and unlike that of `getrusage`
/// it is known before the process ends.
pub fn time_of(process: u32) -> Result<Duration> {
    let clock = clock_getcpuclockid(Pid::from_raw(process.try_into()?))?;
    Ok(clock_gettime(clock)?.into())
}

/// The same for this process.
pub fn time_of_this() -> Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into())
}
