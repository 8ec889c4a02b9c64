//! The clock that the stores run on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use qrhook::{Clock, SystemClock, UnixTime};
use qrhook_benches::results::Result;

/// The system's clock, at its real cost. It can be moved forward so that retentions end.
#[derive(Clone)]
pub struct Moved {
    system: SystemClock,
    by_ns: Arc<AtomicU64>,
}

impl Moved {
    pub fn new() -> Self {
        Self { system: SystemClock::new(), by_ns: Arc::default() }
    }

    pub fn advance(&self, by: Duration) -> Result<()> {
        self.by_ns.fetch_add(by.as_nanos().try_into()?, Ordering::Relaxed);
        Ok(())
    }
}

impl Clock for Moved {
    fn unix(&self) -> UnixTime {
        self.system.unix()
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic() + Duration::from_nanos(self.by_ns.load(Ordering::Relaxed))
    }
}
