use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::*;

#[test]
fn reads_every_form_that_a_sender_uses() {
    let cases = [
        ("2026-05-09T14:01:23Z", Some(1_778_335_283)),
        ("2026-05-09T14:01:23.451Z", Some(1_778_335_283)),
        ("2026-05-09T14:01:23.123456789+00:00", Some(1_778_335_283)),
        ("2026-05-09T16:01:23+02:00", Some(1_778_335_283)),
        ("1778335283", Some(1_778_335_283)),
        ("1778335283.451", Some(1_778_335_283)),
        (" 1778335283\n", Some(1_778_335_283)),
        ("999999999999", None),
        ("1778335283.", None),
        (".1778335283", None),
        ("1778335283.4.5", None),
        ("1778335283.-5", None),
        ("1778335283451.5", None),
        ("-1778335283", None),
        ("+1778335283", None),
        ("1.778335283e9", None),
        ("20260509.5", None),
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
    let expected = LocalTime { year: 2026, month: 5, day: 9, hour: 14, minute: 1, second: 23, nanosecond: 500_000_000 };
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
fn a_fraction_of_a_second_is_kept_in_nanoseconds() {
    let cases = [
        ("1778335283.451", 1_778_335_283_451_000_000),
        ("1778335283.4", 1_778_335_283_400_000_000),
        ("1778335283.123456789", 1_778_335_283_123_456_789),
        ("1778335283.1234567899", 1_778_335_283_123_456_789),
        ("1778335283.000000001", 1_778_335_283_000_000_001),
    ];
    for (text, nanos) in cases {
        let time = Timestamp::from_text(text);
        assert_eq!((time.as_str(), time.unix_nanos()), (text, Some(nanos)));
    }
}

#[test]
fn debug_shows_a_time_and_no_other_text() {
    assert_eq!(format!("{:?}", Timestamp::from_text("2026-05-09")), "\"2026-05-09\"");
    assert_eq!(format!("{:?}", Timestamp::from_text("s3cret")), "Timestamp(6 bytes, not a time)");
    assert_eq!(Timestamp::from_text("s3cret").to_string(), "s3cret");
}

#[test]
fn a_text_is_parsed_into_the_types_of_time() {
    assert_eq!("1778335283".parse(), Ok(UnixTime::from_secs(1_778_335_283)));
    assert_eq!(UnixTime::from_secs(-7).to_string().parse(), Ok(UnixTime::from_secs(-7)));
    assert!("2026-05-09".parse::<UnixTime>().is_err());
    let Ok(time) = "yesterday".parse::<Timestamp>();
    assert_eq!(time.as_str(), "yesterday");
}

#[test]
fn a_system_time_is_rounded_down() {
    let half = Duration::from_millis(500);
    let cases = [
        (UNIX_EPOCH, 0),
        (UNIX_EPOCH + half, 0),
        (UNIX_EPOCH - half, -1),
        (UNIX_EPOCH - Duration::from_secs(2), -2),
        (UNIX_EPOCH + Duration::from_secs(1_778_335_283), 1_778_335_283),
    ];
    for (time, seconds) in cases {
        assert_eq!(UnixTime::from(time), UnixTime::from_secs(seconds));
    }
    for seconds in [-2, 0, 1_778_335_283] {
        let time = UnixTime::from_secs(seconds);
        assert_eq!(time.to_system_time().map(UnixTime::from), Some(time));
    }
    let past_any_clock = UnixTime::from_secs(i64::MIN).to_system_time();
    assert!(past_any_clock.is_none_or(|time| time < SystemTime::now()));
}

#[test]
fn the_age_of_a_moment_cannot_overflow() {
    let (first, last) = (UnixTime::from_secs(i64::MIN), UnixTime::from_secs(i64::MAX));
    assert_eq!(last.since(first), Duration::from_secs(i64::MAX.unsigned_abs()));
    assert_eq!(first.since(last), Duration::ZERO);
}

/// Before the epoch, where seconds round down and nanoseconds count up.
#[cfg(any(feature = "chrono_0_4", feature = "jiff_0_2", feature = "jiff_1", feature = "time_0_3"))]
const MOMENT: &str = "1969-12-31T23:59:58.250Z";

#[cfg(any(feature = "chrono_0_4", feature = "jiff_0_2", feature = "jiff_1", feature = "time_0_3"))]
const LOCAL: &str = "2026-05-09 14:01:23.5";

#[cfg(feature = "chrono_0_4")]
#[test]
fn converts_to_chrono_0_4() {
    let moment = Timestamp::from_text(MOMENT);
    assert_eq!(moment.to_chrono_0_4().map(|time| time.timestamp_millis()), Some(-1_750));
    assert_eq!(moment.to_chrono_0_4_local(), None);
    let local = Timestamp::from_text(LOCAL);
    assert_eq!(local.to_chrono_0_4(), None);
    assert_eq!(local.to_chrono_0_4_local().map(|time| time.to_string()), Some("2026-05-09 14:01:23.500".into()));
}

#[cfg(feature = "jiff_0_2")]
#[test]
fn converts_to_jiff_0_2() {
    let moment = Timestamp::from_text(MOMENT);
    assert_eq!(moment.to_jiff_0_2().map(|time| time.as_millisecond()), Some(-1_750));
    assert_eq!(moment.to_jiff_0_2_local(), None);
    let local = Timestamp::from_text(LOCAL);
    assert_eq!(local.to_jiff_0_2(), None);
    assert_eq!(local.to_jiff_0_2_local().map(|time| time.to_string()), Some("2026-05-09T14:01:23.5".into()));
}

#[cfg(feature = "jiff_1")]
#[test]
fn converts_to_jiff_1() {
    let moment = Timestamp::from_text(MOMENT);
    assert_eq!(moment.to_jiff_1().map(|time| time.as_millisecond()), Some(-1_750));
    assert_eq!(moment.to_jiff_1_local(), None);
    let local = Timestamp::from_text(LOCAL);
    assert_eq!(local.to_jiff_1(), None);
    assert_eq!(local.to_jiff_1_local().map(|time| time.to_string()), Some("2026-05-09T14:01:23.5".into()));
}

#[cfg(feature = "time_0_3")]
#[test]
fn converts_to_time_0_3() {
    let moment = Timestamp::from_text(MOMENT);
    assert_eq!(moment.to_time_0_3().map(|time| time.unix_timestamp_nanos()), Some(-1_750_000_000));
    assert_eq!(moment.to_time_0_3_local(), None);
    let local = Timestamp::from_text(LOCAL);
    assert_eq!(local.to_time_0_3(), None);
    let read = local.to_time_0_3_local().map(|time| (time.day(), time.hour(), time.millisecond()));
    assert_eq!(read, Some((9, 14, 500)));
}
