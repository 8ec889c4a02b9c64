//! Every type of a field, in every spelling that it accepts or refuses.

use std::{collections::BTreeMap, fmt::Debug};

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{
    event::{Oddities, Source, read_field::Value},
    time::{Timestamp, UnixTime},
};

fn read<T: Value + PartialEq + Debug>(json: &str) -> (Option<T>, bool) {
    let body = Bytes::copy_from_slice(json.as_bytes());
    let source = Source::new(&body);
    let raw: &RawValue = serde_json::from_str(json).expect("JSON");
    let mut oddities = Oddities::default();
    let value = T::tolerant(raw, "field", source, &mut oddities);
    let odd = !oddities.into_vec().is_empty();
    if let Ok(strict) = T::strict(raw, source) {
        assert_eq!((&strict, odd), (&value, false), "the strict reading gives the same and nothing odd: {json}");
    }
    (value, odd)
}

#[test]
fn reads_flags_in_every_spelling() {
    for (json, expected) in [
        ("true", (Some(true), false)),
        ("0", (Some(false), false)),
        ("1", (Some(true), false)),
        ("\"1\"", (Some(true), false)),
        ("\"false\"", (Some(false), false)),
        ("null", (None, false)),
        ("\"\"", (None, false)),
        ("2", (None, true)),
        ("\"yes\"", (None, true)),
        ("[true]", (None, true)),
    ] {
        assert_eq!(read::<bool>(json), expected, "{json}");
    }
}

#[test]
fn reads_whole_numbers_in_every_spelling() {
    for (json, expected) in [
        ("42", (Some(42), false)),
        ("5000.0", (Some(5000), false)),
        ("\" 0042 \"", (Some(42), false)),
        ("\"42.00\"", (Some(42), false)),
        ("18446744073709551615", (Some(u64::MAX), false)),
        ("null", (None, false)),
        ("-1", (None, true)),
        ("4.5", (None, true)),
        ("\"many\"", (None, true)),
        ("{}", (None, true)),
    ] {
        assert_eq!(read::<u64>(json), expected, "{json}");
    }
    assert_eq!(read::<i64>("-3790"), (Some(-3790), false));
    // 5000.0 with `arbitrary_precision`.
    assert_eq!(read::<u64>(r#"{"$serde_json::private::Number":"5000.0"}"#), (Some(5000), false));
    assert_eq!(read::<f64>(r#"{"$serde_json::private::Number":"0.5"}"#), (Some(0.5), false));
    assert_eq!(read::<f64>("\"inf\""), (None, true));
    let digits = "9".repeat(100_000);
    assert_eq!(read::<u64>(&digits), (None, true));
    assert_eq!(read::<f64>(&digits), (None, true));
}

#[test]
fn a_text_with_half_a_character_is_odd() {
    assert_eq!(read::<String>(r#""\ud800""#), (None, true));
    assert_eq!(read::<String>("7"), (None, true));
    assert_eq!(read::<String>("\"\""), (None, false));
}

#[test]
fn a_time_of_any_type_keeps_its_text() {
    // JSON, text, seconds since the epoch. A time without them is odd.
    let cases = [
        ("1778335283.451", "1778335283.451", Some(1_778_335_283)),
        ("1778335283.4510", "1778335283.4510", Some(1_778_335_283)),
        ("1778335283", "1778335283", Some(1_778_335_283)),
        (r#""1778335283.451""#, "1778335283.451", Some(1_778_335_283)),
        (r#""2026-05-09T14:01:23\u005a""#, "2026-05-09T14:01:23Z", Some(1_778_335_283)),
        (r#""2026-05-09 14:01:23""#, "2026-05-09 14:01:23", Some(1_778_335_283)),
        ("1778335283451", "1778335283451", None),
        ("1.778335283e9", "1.778335283e9", None),
        ("-1778335283", "-1778335283", None),
        ("0", "0", None),
        ("1e999", "1e999", None),
        ("true", "true", None),
        (r#"{ "at" : [1] }"#, r#"{ "at" : [1] }"#, None),
        ("[1778335283]", "[1778335283]", None),
        (r#""yesterday""#, "yesterday", None),
        (r#""\ud800""#, "\u{fffd}d800", None),
    ];
    for (json, text, seconds) in cases {
        let (time, odd) = read::<Timestamp>(json);
        let time = time.expect(json);
        assert_eq!((time.as_str(), time.unix().map(UnixTime::as_secs)), (text, seconds), "{json}");
        assert_eq!(odd, seconds.is_none(), "{json}");
    }
    let digits = "9".repeat(100_000);
    assert_eq!(read::<Timestamp>(&digits), (Some(Timestamp::from_text(digits.clone())), true));
    for nothing in ["null", "\"\""] {
        assert_eq!(read::<Timestamp>(nothing), (None, false), "{nothing}");
    }
}

#[test]
fn odd_elements_are_left_out() {
    let (list, odd) = read::<Vec<String>>(r#"["a",1,null,"b"]"#);
    assert_eq!((list, odd), (Some(vec!["a".into(), "b".into()]), true));
    let (map, odd) = read::<BTreeMap<String, String>>(r#"{"a":"1","b":2,"c":null}"#);
    assert_eq!((map, odd), (Some([("a".to_owned(), "1".to_owned())].into()), true));
    // Whichever reading it is: another member may be odd.
    let only_a = Some([("a".to_owned(), "1".to_owned())].into());
    assert_eq!(read::<BTreeMap<String, String>>(r#"{"a":"1","b":"","c":null}"#), (only_a.clone(), false));
    assert_eq!(read::<BTreeMap<String, String>>(r#"{"a":"1","b":"","c":7}"#), (only_a, true));
}
