//! A time in a payload.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Serialize, Serializer};

use super::{
    UnixTime,
    parse::{Parsed, is_usual, parse},
};

/// A time in a payload: the sender's text, which is read as a time when it is asked for.
///
/// Two timestamps are equal when their texts are. `Debug` shows the text only where it names a time: another text may
/// hold anything.
#[derive(Clone)]
pub struct Timestamp {
    text: String,
    /// Whether the sender means UTC where it writes no zone.
    utc: bool,
}

impl Timestamp {
    /// Reads a text in one of these forms:
    ///
    /// - RFC 3339: `2026-05-09T14:01:23.451Z`, also with another offset
    /// - date and time without a zone: `2026-03-14 10:16:12`
    /// - a date alone, which is taken as midnight: `2026-03-14`
    /// - Unix seconds of 9 to 12 digits, also with a fraction: `1778335283`, `1778335283.451`
    ///
    /// Every other text is kept, and names no time. That includes numbers of 13 digits or more: they are probably
    /// milliseconds or a smaller unit, but which unit is not guessed, because a wrong guess gives a wrong time. It also
    /// includes negative numbers and exponents.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self { text: text.into(), utc: false }
    }

    /// The same, for a sender that means UTC where it writes no zone.
    pub fn from_utc_text(text: impl Into<String>) -> Self {
        Self { text: text.into(), utc: true }
    }

    /// The sender's text, exactly as it was sent.
    ///
    /// For a JSON value that is neither a string nor a number, it is that value's JSON.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The moment, in whole seconds (rounded down). `None` when the text is not a time, or does not say its zone.
    pub fn unix(&self) -> Option<UnixTime> {
        let instant = self.instant()?;
        let borrow = i64::from(instant.subsec_nanosecond() < 0);
        Some(UnixTime::from_secs(instant.as_second().saturating_sub(borrow)))
    }

    /// The moment in nanoseconds since the epoch. `None` as for [`unix`](Self::unix).
    pub fn unix_nanos(&self) -> Option<i128> {
        self.instant().map(jiff::Timestamp::as_nanosecond)
    }

    /// Date and time of day as written. `None` when the text is not a time, or names a moment rather than a wall clock.
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

    /// Whether the text names a time, with or without a zone.
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

/// Shows the sender's text.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Serialized as the sender's text.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// The date and time of a wall clock, in a zone that the sender does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say it")]
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
