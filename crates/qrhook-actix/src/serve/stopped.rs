//! What was left when a server ended.

/// What was left when a server ended: nothing, unless its time was over or a second signal came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// Connections that were cut while a response was awaited on them.
    pub connections: usize,
    /// Handlers that still ran, in all receivers that were named.
    pub running: usize,
    /// Handlers whose tasks were dropped before they finished.
    pub abandoned: usize,
}

impl Stopped {
    /// Whether every request was answered and every handler finished.
    pub const fn is_complete(&self) -> bool {
        self.connections == 0 && self.running == 0 && self.abandoned == 0
    }
}
