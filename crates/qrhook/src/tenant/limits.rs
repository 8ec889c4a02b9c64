//! The limits of the look-ups and of what they leave in memory.

use std::time::Duration;

/// The limits of [`Tenants`](super::Tenants) that are looked up. They apply to all tenants together.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use qrhook::tenant::Limits;
///
/// let limits = Limits { fresh: Duration::from_secs(5), known: 1000, ..Limits::DEFAULT };
/// assert_eq!(limits.unknown, 10_000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The time for which a tenant's secrets are used before they are looked up again. A new secret takes effect after
    /// at most this time, or at once with [`Tenants::forget`](super::Tenants::forget). 30 s by default.
    pub fresh: Duration,
    /// The time for which the secrets are used beyond that while the look-up fails. 1 h by default.
    pub stale: Duration,
    /// The time for which a name stays unknown. 10 s by default.
    pub absent: Duration,
    /// The number of tenants whose secrets are remembered. 100,000 by default.
    pub known: usize,
    /// The number of unknown names that are remembered. 10,000 by default.
    pub unknown: usize,
    /// The longest time of one look-up, together with the wait for its turn. 1 s by default. It is part of the
    /// receiver's deadline.
    pub time: Duration,
    /// The number of look-ups that run at once. 16 by default. Names that are not remembered use at most half of them.
    pub parallel: usize,
    /// The number of look-ups that may find nothing at once, before [`misses_per_second`](Self::misses_per_second)
    /// applies. 1,000 by default.
    pub misses: u32,
    /// The number of look-ups a second that may find nothing. Further names that are not remembered get a 503, whether
    /// known or not, until there is room. 100 by default, and at least 1.
    ///
    /// While a stranger uses all of them up, a tenant that is not remembered must wait for its sender's next attempt:
    /// see [`Tenants::remember`](super::Tenants::remember).
    pub misses_per_second: u32,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        fresh: Duration::from_secs(30),
        stale: Duration::from_secs(3600),
        absent: Duration::from_secs(10),
        known: 100_000,
        unknown: 10_000,
        time: Duration::from_secs(1),
        parallel: 16,
        misses: 1000,
        misses_per_second: 100,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
