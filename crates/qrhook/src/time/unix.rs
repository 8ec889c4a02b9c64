//! Moments in whole seconds.

use std::{
    fmt,
    num::ParseIntError,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A moment in whole seconds since 1970-01-01T00:00:00Z.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use qrhook::UnixTime;
///
/// let signed_at = UnixTime::from_secs(1778335283);
/// let now: UnixTime = "1778335290".parse()?;
/// assert_eq!(now.since(signed_at), Duration::from_secs(7));
/// assert_eq!(signed_at.since(now), Duration::ZERO);
/// # Ok::<(), std::num::ParseIntError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The moment this many seconds after the epoch.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The current time of the system clock.
    #[must_use]
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// The seconds since the epoch.
    pub const fn as_secs(self) -> i64 {
        self.0
    }

    /// The time from `earlier` to this moment; zero if this moment is not later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The seconds together with their date, for people: `1778335283 (2026-05-09T14:01:23Z)`.
    pub fn with_date(self) -> String {
        match jiff::Timestamp::from_second(self.0) {
            Ok(date) => format!("{self} ({date})"),
            // A signature can contain a number beyond the last date.
            Err(_) => self.to_string(),
        }
    }

    /// The same moment as a [`SystemTime`]. `None` if the system cannot represent it.
    pub fn to_system_time(self) -> Option<SystemTime> {
        let distance = Duration::from_secs(self.0.unsigned_abs());
        if self.0 < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
    }
}

/// Rounds down to whole seconds.
impl From<SystemTime> for UnixTime {
    fn from(time: SystemTime) -> Self {
        let whole = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(whole(after)),
            Err(before) => {
                let before = before.duration();
                Self(whole(before).saturating_neg().saturating_sub(i64::from(before.subsec_nanos() > 0)))
            }
        }
    }
}

/// Shows the seconds since the epoch.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Parses the output of `Display`: seconds since the epoch, in decimal digits.
impl FromStr for UnixTime {
    type Err = ParseIntError;

    fn from_str(seconds: &str) -> Result<Self, ParseIntError> {
        seconds.parse().map(Self)
    }
}
