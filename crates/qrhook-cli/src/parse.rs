//! Arguments that are moments.

use qrhook::{Timestamp, UnixTime};

/// The last second that fits into the digits of a signature.
const LAST: i64 = 999_999_999_999;

/// Parses Unix seconds, or a date with a time and an offset from UTC.
pub(crate) fn unix_time(text: &str) -> Result<i64, String> {
    let seconds = text.parse().ok();
    let seconds = seconds.or_else(|| Timestamp::from_text(text).unix().map(UnixTime::as_secs));
    seconds.filter(|seconds| (0..=LAST).contains(seconds)).ok_or_else(|| {
        format!("it is neither a number of seconds from 0 to {LAST} nor a date such as 2026-05-09T14:01:23Z")
    })
}

/// The given moment, or now.
pub(crate) fn moment(at: Option<i64>) -> UnixTime {
    at.map_or_else(UnixTime::now, UnixTime::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_number_of_seconds_or_a_date() {
        let cases = [
            ("1778335283", 1_778_335_283),
            ("0", 0),
            ("999999999999", LAST),
            ("2026-05-09T14:01:23Z", 1_778_335_283),
            ("2026-05-09T16:01:23+02:00", 1_778_335_283),
        ];
        for (text, seconds) in cases {
            assert_eq!(unix_time(text), Ok(seconds), "{text}");
        }
        for text in ["", "soon", "-1", "1000000000000", "2026-05-09", "2026-05-09T14:01:23", "1969-12-31T23:59:59Z"] {
            assert!(unix_time(text).is_err_and(|problem| problem.contains("2026-05-09T14:01:23Z")), "{text}");
        }
    }
}
