//! The work that was left when a server ended.

use crate::receiver::Drained;

/// The unfinished work of a stopped server. There is none unless the time ran out or a second signal came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// The number of connections that were cut. With actix, only those that waited for a response count.
    pub connections: usize,
    /// The number of handlers that were still running, in all receivers to be drained.
    pub running: usize,
    /// The number of handlers whose tasks were dropped before they finished.
    pub abandoned: usize,
}

impl Stopped {
    /// Combines the two counts, and logs a warning if connections were cut.
    pub fn new(connections: usize, drained: Drained) -> Self {
        if connections > 0 {
            tracing::warn!(connections, "connections were still open at the end");
        }
        Self { connections, running: drained.running, abandoned: drained.abandoned }
    }

    /// Whether every request got its response and every handler finished.
    pub const fn is_complete(&self) -> bool {
        self.connections == 0 && self.running == 0 && self.abandoned == 0
    }
}
