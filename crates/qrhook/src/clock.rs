//! The sources of the time.

use std::time::{Duration, Instant};

use crate::time::UnixTime;

/// The clock that a receiver or the memory store reads.
///
/// Verification itself never reads a clock: *now* is an argument. Tests use a clock that they move by hand.
pub trait Clock: Send + Sync + 'static {
    /// The time of the wall clock, against which the signed time is checked.
    fn unix(&self) -> UnixTime;

    /// The time since some fixed point, which never runs backwards. Deadlines and leases depend on it.
    fn monotonic(&self) -> Duration;
}

/// The system's clocks.
///
/// On Linux and Android, with the feature `receiver`, the monotonic clock includes the time for which the machine is
/// suspended, so that a lease ends on time even if its holder slept.
#[derive(Debug, Clone)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Creates a clock that counts from system boot where the platform supports it, and otherwise from now.
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn unix(&self) -> UnixTime {
        UnixTime::now()
    }

    fn monotonic(&self) -> Duration {
        since_boot().unwrap_or_else(|| self.started.elapsed())
    }
}

/// The moment after this time. On overflow, a moment 30 years ahead stands for "never".
#[cfg(feature = "receiver")]
pub(crate) fn after(moment: tokio::time::Instant, time: Duration) -> tokio::time::Instant {
    let far = Duration::from_secs(30 * 365 * 24 * 3600);
    moment.checked_add(time).or_else(|| moment.checked_add(far)).unwrap_or(moment)
}

#[cfg(all(feature = "receiver", any(target_os = "linux", target_os = "android")))]
fn since_boot() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    // Never negative: it counts from the start of the system.
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

#[cfg(not(all(feature = "receiver", any(target_os = "linux", target_os = "android"))))]
fn since_boot() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monotonic_clock_goes_forward() {
        let clock = SystemClock::new();
        let (first, instant) = (clock.monotonic(), Instant::now());
        while instant.elapsed() < Duration::from_millis(2) {}
        assert!(clock.monotonic() - first >= Duration::from_millis(2));
    }

    #[cfg(all(feature = "receiver", target_os = "linux"))]
    #[test]
    fn the_monotonic_clock_counts_from_the_start_of_the_system() {
        let up = std::fs::read_to_string("/proc/uptime").unwrap();
        let up: f64 = up.split_whitespace().next().unwrap().parse().unwrap();
        assert!(SystemClock::new().monotonic().as_secs_f64() >= up);
    }
}
