//! Reading a sender's text as a time.

use jiff::{civil::DateTime, tz::TimeZone};

/// The time that a text names.
#[derive(Clone, Copy)]
pub(super) enum Parsed {
    Instant(jiff::Timestamp),
    /// A date and time of day without a zone.
    Local(DateTime),
    Nothing,
}

/// Reads the forms that [`Timestamp::from_text`](super::Timestamp::from_text) lists.
pub(super) fn parse(text: &str) -> Parsed {
    let text = text.trim_ascii();
    if let Some((seconds, fraction)) = unix_seconds(text) {
        return instant(seconds, fraction).map_or(Parsed::Nothing, Parsed::Instant);
    }
    if let Ok(instant) = text.parse() {
        return Parsed::Instant(instant);
    }
    text.parse().map_or(Parsed::Nothing, Parsed::Local)
}

/// The same, with a date and time without a zone taken as UTC.
pub(super) fn parse_utc(text: &str) -> Parsed {
    match parse(text) {
        Parsed::Local(local) => local
            .to_zoned_datetime(TimeZone::UTC)
            .map_or(Parsed::Local(local), |zoned| Parsed::Instant(zoned.timestamp())),
        parsed => parsed,
    }
}

/// The digits of Unix seconds, and those behind the point. Fewer than 9 could be a date (`20260314`); more than 12
/// could be milliseconds or microseconds, and which of them is not guessed.
fn unix_seconds(text: &str) -> Option<(&str, &str)> {
    let (seconds, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    ((9..=12).contains(&seconds.len()) && digits(seconds) && digits(fraction)).then_some((seconds, fraction))
}

/// Digits beyond nanoseconds are dropped.
fn instant(seconds: &str, fraction: &str) -> Option<jiff::Timestamp> {
    let nanos = format!("{fraction:0<9.9}");
    jiff::Timestamp::new(seconds.parse().ok()?, nanos.parse().ok()?).ok()
}
