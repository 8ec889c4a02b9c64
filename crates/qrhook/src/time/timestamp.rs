//! A time in a payload.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Serialize, Serializer};

use super::{
    UnixTime,
    parse::{Parsed, is_usual, parse},
};

/// A time in a payload: the sender's string, which is parsed only on request.
///
/// Two timestamps are equal when their strings are equal. `Debug` shows the string only if it represents a time,
/// because any other string may hold anything.
///
/// # Example
///
/// ```
/// use qrhook::{Timestamp, UnixTime};
///
/// let moment = Timestamp::from_text("2026-05-09T16:01:23.451+02:00");
/// assert_eq!(moment.unix(), Some(UnixTime::from_secs(1778335283)));
/// assert_eq!(moment.as_str(), "2026-05-09T16:01:23.451+02:00");
///
/// // Without a zone, the string gives a wall clock but not a moment, unless the sender is known to use UTC.
/// let local = Timestamp::from_text("2026-05-09 14:01:23");
/// assert_eq!(local.unix(), None);
/// assert_eq!(local.local().map(|at| (at.hour, at.minute)), Some((14, 1)));
/// let utc = Timestamp::from_utc_text("2026-05-09 14:01:23");
/// assert_eq!(utc.unix(), Some(UnixTime::from_secs(1778335283)));
/// ```
#[derive(Clone)]
pub struct Timestamp {
    text: String,
    /// Whether the sender means UTC when it does not write a zone.
    utc: bool,
}

impl Timestamp {
    /// Takes a string in one of these forms:
    ///
    /// - RFC 3339: `2026-05-09T14:01:23.451Z`, also with another offset
    /// - date and time without a zone: `2026-03-14 10:16:12`
    /// - a date alone, which is taken as midnight: `2026-03-14`
    /// - Unix seconds of 9 to 12 digits, also with a fraction: `1778335283`, `1778335283.451`
    ///
    /// Any other string is kept, but does not represent a time. That includes negative numbers, exponents, and numbers
    /// of 13 digits or more. The latter are probably milliseconds or a smaller unit, but the unit is not guessed,
    /// because a wrong guess gives a wrong time.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self { text: text.into(), utc: false }
    }

    /// Like [`from_text`](Self::from_text), for a sender that means UTC when it does not write a zone.
    pub fn from_utc_text(text: impl Into<String>) -> Self {
        Self { text: text.into(), utc: true }
    }

    /// The sender's string, exactly as it was sent.
    ///
    /// For a JSON value that is neither a string nor a number, this is its JSON.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The moment in whole seconds (rounded down). `None` when the string is not a time, or has no zone.
    pub fn unix(&self) -> Option<UnixTime> {
        let instant = self.instant()?;
        let borrow = i64::from(instant.subsec_nanosecond() < 0);
        Some(UnixTime::from_secs(instant.as_second().saturating_sub(borrow)))
    }

    /// The moment in nanoseconds since the epoch. `None` as for [`unix`](Self::unix).
    pub fn unix_nanos(&self) -> Option<i128> {
        self.instant().map(jiff::Timestamp::as_nanosecond)
    }

    /// The date and time of day of a string without a zone. `None` when the string is not a time, or when it represents
    /// a moment.
    pub fn local(&self) -> Option<LocalTime> {
        let at = self.local_datetime()?;
        Some(LocalTime {
            year: at.year(),
            month: at.month().unsigned_abs(),
            day: at.day().unsigned_abs(),
            hour: at.hour().unsigned_abs(),
            minute: at.minute().unsigned_abs(),
            second: at.second().unsigned_abs(),
            nanosecond: at.subsec_nanosecond().unsigned_abs(),
        })
    }

    /// Whether the string represents a time, with or without a zone.
    pub(crate) fn is_time(&self) -> bool {
        is_usual(&self.text) || !matches!(self.parse(), Parsed::Nothing)
    }

    pub(super) fn instant(&self) -> Option<jiff::Timestamp> {
        match self.parse() {
            Parsed::Instant(instant) => Some(instant),
            _ => None,
        }
    }

    pub(super) fn local_datetime(&self) -> Option<jiff::civil::DateTime> {
        match self.parse() {
            Parsed::Local(local) => Some(local),
            _ => None,
        }
    }

    fn parse(&self) -> Parsed {
        parse(&self.text, self.utc)
    }
}

/// The same as [`Timestamp::from_text`].
impl FromStr for Timestamp {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from_text(text))
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Timestamp {}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_time() {
            fmt::Debug::fmt(&self.text, f)
        } else {
            write!(f, "Timestamp({} bytes, not a time)", self.text.len())
        }
    }
}

/// Shows the sender's string.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Serialised as the sender's string.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// The date and time of a wall clock, in a time zone that the sender does not specify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names are clear")]
pub struct LocalTime {
    pub year: i16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub nanosecond: u32,
}
