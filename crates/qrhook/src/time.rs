//! Time as the senders write it, and as a receiver reads it.
//!
//! ```
//! use qrhook::{Timestamp, UnixTime};
//!
//! let created = Timestamp::from_text("2026-05-09T14:01:23.451Z");
//! assert_eq!(created.unix(), Some(UnixTime::from_secs(1778335283)));
//!
//! // A text that is no time stays reachable: no event is refused for it.
//! let odd = Timestamp::from_text("yesterday");
//! assert_eq!((odd.as_str(), odd.unix()), ("yesterday", None));
//! ```

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Serialize, Serializer};

/// A moment in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The moment this many seconds after the epoch.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds)
    }

    /// What the system clock says.
    pub fn now() -> Self {
        let since = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => Self(since(after)),
            Err(before) => Self(since(before.duration()).saturating_neg()),
        }
    }

    /// Seconds since the epoch.
    pub const fn as_secs(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A time in a payload: the sender's text, and what could be read from it.
///
/// Two timestamps are equal when their texts are.
#[derive(Clone)]
pub struct Timestamp {
    text: String,
    read: Read,
}

#[derive(Clone, Copy)]
enum Read {
    Instant(jiff::Timestamp),
    /// A date and time of day without a zone.
    Local(jiff::civil::DateTime),
    Nothing,
}

impl Timestamp {
    /// Reads RFC 3339, a date and time without a zone (`2026-03-14 10:16:12`), a date alone, or Unix seconds
    /// (9 to 12 digits).
    pub fn from_text(text: impl Into<String>) -> Self {
        let text = text.into();
        let read = read(&text);
        Self { text, read }
    }

    /// The same, for a sender that means UTC where it writes no zone.
    pub fn from_utc_text(text: impl Into<String>) -> Self {
        let mut this = Self::from_text(text);
        if let Read::Local(local) = this.read
            && let Ok(zoned) = local.to_zoned(jiff::tz::TimeZone::UTC)
        {
            this.read = Read::Instant(zoned.timestamp());
        }
        this
    }

    /// The sender's text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The moment, in whole seconds (rounded down). `None` when the text is no time, or does not say its zone.
    pub fn unix(&self) -> Option<UnixTime> {
        let instant = self.instant()?;
        let borrow = i64::from(instant.subsec_nanosecond() < 0);
        Some(UnixTime(instant.as_second().saturating_sub(borrow)))
    }

    /// The moment in nanoseconds since the epoch. `None` as for [`unix`](Self::unix).
    pub fn unix_nanos(&self) -> Option<i128> {
        self.instant().map(jiff::Timestamp::as_nanosecond)
    }

    /// Date and time of day as written. `None` when the text is no time, or names a moment rather than a wall clock.
    pub fn local(&self) -> Option<LocalTime> {
        let Read::Local(at) = self.read else { return None };
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

    fn instant(&self) -> Option<jiff::Timestamp> {
        match self.read {
            Read::Instant(instant) => Some(instant),
            _ => None,
        }
    }
}

fn read(text: &str) -> Read {
    // Fewer digits could be a date (`20260314`), more could be milliseconds.
    if (9..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let instant = text.parse().ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
        return instant.map_or(Read::Nothing, Read::Instant);
    }
    if let Ok(instant) = text.parse() {
        return Read::Instant(instant);
    }
    text.parse().map_or(Read::Nothing, Read::Local)
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Timestamp {}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

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

/// A wall clock's reading in a zone that the sender does not name.
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

/// Conversions to [`jiff`].
#[cfg(feature = "jiff_0_2")]
impl Timestamp {
    /// The moment, as `jiff` has it.
    pub fn to_jiff(&self) -> Option<jiff::Timestamp> {
        self.instant()
    }

    /// The wall clock's reading of a text without a zone, as `jiff` has it.
    pub fn to_jiff_local(&self) -> Option<jiff::civil::DateTime> {
        match self.read {
            Read::Local(local) => Some(local),
            _ => None,
        }
    }
}

/// Conversions to [`chrono`].
#[cfg(feature = "chrono_0_4")]
impl Timestamp {
    /// The moment, as `chrono` has it.
    pub fn to_chrono(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        let instant = self.instant()?;
        let seconds = self.unix()?.as_secs();
        let nanos = instant.as_nanosecond().rem_euclid(1_000_000_000);
        chrono::DateTime::from_timestamp(seconds, u32::try_from(nanos).ok()?)
    }

    /// The wall clock's reading of a text without a zone, as `chrono` has it.
    pub fn to_chrono_local(&self) -> Option<chrono::NaiveDateTime> {
        let at = self.local()?;
        chrono::NaiveDate::from_ymd_opt(at.year.into(), at.month.into(), at.day.into())?.and_hms_nano_opt(
            at.hour.into(),
            at.minute.into(),
            at.second.into(),
            at.nanosecond,
        )
    }
}

/// Conversions to [`mod@::time`].
#[cfg(feature = "time_0_3")]
impl Timestamp {
    /// The moment, as `time` has it.
    pub fn to_time(&self) -> Option<::time::OffsetDateTime> {
        ::time::OffsetDateTime::from_unix_timestamp_nanos(self.unix_nanos()?).ok()
    }

    /// The wall clock's reading of a text without a zone, as `time` has it.
    pub fn to_time_local(&self) -> Option<::time::PrimitiveDateTime> {
        let at = self.local()?;
        let date = ::time::Date::from_calendar_date(at.year.into(), at.month.try_into().ok()?, at.day).ok()?;
        let clock = ::time::Time::from_hms_nano(at.hour, at.minute, at.second, at.nanosecond).ok()?;
        Some(::time::PrimitiveDateTime::new(date, clock))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_that_a_sender_uses() {
        let cases = [
            ("2026-05-09T14:01:23Z", Some(1_778_335_283)),
            ("2026-05-09T14:01:23.451Z", Some(1_778_335_283)),
            ("2026-05-09T14:01:23.123456789+00:00", Some(1_778_335_283)),
            ("2026-05-09T16:01:23+02:00", Some(1_778_335_283)),
            ("1778335283", Some(1_778_335_283)),
            ("1969-12-31T23:59:59.5Z", Some(-1)),
            ("20260509", None),
            ("1778335283000", None),
            ("2026-05-09 14:01:23", None),
            ("2026-13-09T14:01:23Z", None),
            ("", None),
            ("yesterday", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Timestamp::from_text(text).unix().map(UnixTime::as_secs), expected, "{text}");
        }
    }

    #[test]
    fn a_text_without_a_zone_is_a_wall_clock_or_utc() {
        let text = "2026-05-09 14:01:23.5";
        let local = Timestamp::from_text(text);
        assert_eq!(local.unix(), None);
        let expected =
            LocalTime { year: 2026, month: 5, day: 9, hour: 14, minute: 1, second: 23, nanosecond: 500_000_000 };
        assert_eq!(local.local(), Some(expected));
        let utc = Timestamp::from_utc_text(text);
        assert_eq!(utc.unix(), Some(UnixTime::from_secs(1_778_335_283)));
        assert_eq!(utc.local(), None);
    }

    #[test]
    fn a_date_alone_is_midnight() {
        let date = Timestamp::from_text("2026-03-01").local().unwrap();
        assert_eq!((date.year, date.month, date.day, date.hour), (2026, 3, 1, 0));
    }

    #[test]
    fn the_age_of_a_moment_cannot_overflow() {
        let (first, last) = (UnixTime::from_secs(i64::MIN), UnixTime::from_secs(i64::MAX));
        assert_eq!(last.since(first), Duration::from_secs(i64::MAX.unsigned_abs()));
        assert_eq!(first.since(last), Duration::ZERO);
    }

    /// Before the epoch, where seconds round down and nanoseconds count up.
    #[cfg(any(feature = "chrono_0_4", feature = "jiff_0_2", feature = "time_0_3"))]
    const MOMENT: &str = "1969-12-31T23:59:58.250Z";

    #[cfg(any(feature = "chrono_0_4", feature = "jiff_0_2", feature = "time_0_3"))]
    const LOCAL: &str = "2026-05-09 14:01:23.5";

    #[cfg(feature = "chrono_0_4")]
    #[test]
    fn converts_to_chrono() {
        let moment = Timestamp::from_text(MOMENT);
        assert_eq!(moment.to_chrono().map(|time| time.timestamp_millis()), Some(-1_750));
        assert_eq!(moment.to_chrono_local(), None);
        let local = Timestamp::from_text(LOCAL);
        assert_eq!(local.to_chrono(), None);
        assert_eq!(local.to_chrono_local().map(|time| time.to_string()), Some("2026-05-09 14:01:23.500".into()));
    }

    #[cfg(feature = "jiff_0_2")]
    #[test]
    fn converts_to_jiff() {
        let moment = Timestamp::from_text(MOMENT);
        assert_eq!(moment.to_jiff().map(|time| time.as_millisecond()), Some(-1_750));
        assert_eq!(moment.to_jiff_local(), None);
        let local = Timestamp::from_text(LOCAL);
        assert_eq!(local.to_jiff(), None);
        assert_eq!(local.to_jiff_local().map(|time| time.to_string()), Some("2026-05-09T14:01:23.5".into()));
    }

    #[cfg(feature = "time_0_3")]
    #[test]
    fn converts_to_time() {
        let moment = Timestamp::from_text(MOMENT);
        assert_eq!(moment.to_time().map(|time| time.unix_timestamp_nanos()), Some(-1_750_000_000));
        assert_eq!(moment.to_time_local(), None);
        let local = Timestamp::from_text(LOCAL);
        assert_eq!(local.to_time(), None);
        let read = local.to_time_local().map(|time| (time.day(), time.hour(), time.millisecond()));
        assert_eq!(read, Some((9, 14, 500)));
    }
}
