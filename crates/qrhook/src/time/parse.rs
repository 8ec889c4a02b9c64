//! Parsing a sender's string as a time.

use jiff::{civil::DateTime, tz::TimeZone};

/// The time that a string represents.
#[derive(Clone, Copy)]
pub(super) enum Parsed {
    Instant(jiff::Timestamp),
    /// A date and time of day without a zone.
    Local(DateTime),
    Nothing,
}

/// Parses the forms that [`Timestamp::from_text`](super::Timestamp::from_text) lists. With `utc`, a date and time
/// without a zone is taken as UTC.
pub(super) fn parse(text: &str, utc: bool) -> Parsed {
    match read(text) {
        Parsed::Local(local) if utc => local
            .to_zoned_datetime(TimeZone::UTC)
            .map_or(Parsed::Local(local), |zoned| Parsed::Instant(zoned.timestamp())),
        parsed => parsed,
    }
}

fn read(text: &str) -> Parsed {
    let text = text.trim_ascii();
    if let Some((seconds, fraction)) = unix_seconds(text) {
        return instant(seconds, fraction).map_or(Parsed::Nothing, Parsed::Instant);
    }
    if let Ok(instant) = text.parse() {
        return Parsed::Instant(instant);
    }
    text.parse().map_or(Parsed::Nothing, Parsed::Local)
}

/// Whether the string has the most common form of a time, such as `2026-05-09T14:01:23.451Z`, with a day that every
/// month has. This avoids parsing where the time itself is not needed.
pub(super) fn is_usual(text: &str) -> bool {
    let text = text.as_bytes();
    let text = text.strip_suffix(b"Z").unwrap_or(text);
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b' ', h1, h2, b':', n1, n2, b':', s1, s2, fraction @ ..] =
        text
    else {
        return false;
    };
    let between = |low: &[u8; 2], tens: &u8, ones: &u8, high: &[u8; 2]| {
        ones.is_ascii_digit() && (low..=high).contains(&&[*tens, *ones])
    };
    let fraction = match fraction {
        [] => true,
        [b'.', digits @ ..] => (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    [y1, y2, y3, y4].into_iter().all(u8::is_ascii_digit)
        && between(b"01", m1, m2, b"12")
        && between(b"01", d1, d2, b"28")
        && between(b"00", h1, h2, b"23")
        && between(b"00", n1, n2, b"59")
        && between(b"00", s1, s2, b"59")
        && fraction
}

/// The digits of Unix seconds, and those after the decimal point. Fewer than 9 digits could be a date (`20260314`);
/// more than 12 could be milliseconds or microseconds, and guessing the unit could go wrong.
fn unix_seconds(text: &str) -> Option<(&str, &str)> {
    let (seconds, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    ((9..=12).contains(&seconds.len()) && digits(seconds) && digits(fraction)).then_some((seconds, fraction))
}

/// The instant. Digits beyond nanoseconds are dropped.
fn instant(seconds: &str, fraction: &str) -> Option<jiff::Timestamp> {
    let nanos = format!("{fraction:0<9.9}");
    jiff::Timestamp::new(seconds.parse().ok()?, nanos.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_usual_time_is_one() {
        let texts = [
            "2026-05-09T14:01:23.451Z",
            "2026-05-09T14:01:23Z",
            "2026-05-09 14:01:23.123456789",
            "0000-01-01T00:00:00",
        ];
        for text in texts {
            assert!(is_usual(text), "{text}");
            for at in 0..text.len() {
                for byte in " -.:09123456TZ\u{661}".chars() {
                    let other = format!("{}{byte}{}", &text[..at], &text[at.saturating_add(1)..]);
                    assert!(!is_usual(&other) || !matches!(parse(&other, false), Parsed::Nothing), "{other}");
                }
            }
        }
        for text in ["2026-02-30T14:01:23Z", "2026-05-09", "2026-05-09T14:01:23+02:00", "1778335283", ""] {
            assert!(!is_usual(text), "{text}");
        }
    }
}
