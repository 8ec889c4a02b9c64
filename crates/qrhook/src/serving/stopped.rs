//! What was left when a server ended.

use crate::receiver::Drained;

/// What was left when a server ended: nothing, unless its time was over or a second signal came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// Connections that were cut, of actix those on which a response was awaited.
    pub connections: usize,
    /// Handlers that still ran, in all receivers that were named.
    pub running: usize,
    /// Handlers whose tasks were dropped before they finished.
    pub abandoned: usize,
}

impl Stopped {
    /// Tells of it in the log, if it is anything.
    pub fn new(connections: usize, drained: Drained) -> Self {
        if connections > 0 {
            tracing::warn!(connections, "connections were still open at the end");
        }
        Self { connections, running: drained.running, abandoned: drained.abandoned }
    }

    /// Whether every request was answered and every handler finished.
    pub const fn is_complete(&self) -> bool {
        self.connections == 0 && self.running == 0 && self.abandoned == 0
    }
}
