//! The reasons why data does not fit a type.

use std::collections::BTreeMap;

use serde::{
    Deserialize,
    de::{Deserializer, Error, Unexpected},
};

use crate::event::misfit::{LONGEST, Misfit, read};

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Order {
    #[serde(default)]
    total: u64,
    #[serde(default)]
    lines: Vec<Line>,
    #[serde(default)]
    notes: BTreeMap<String, u8>,
    state: Option<State>,
    pair: Option<(u8, u8)>,
    own: Option<Own>,
    real: Option<f32>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Line {
    sku: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Paid,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(try_from = "String")]
struct Own;

impl TryFrom<String> for Own {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Err(format!("I dislike {text}"))
    }
}

#[test]
fn names_the_member_and_the_reason_and_never_the_value() {
    let cases = [
        (r#"{"total":"s3cret"}"#, ".total", "invalid type: string, expected u64"),
        (r#"{"total":"s3cret, expected s3cret"}"#, ".total", "invalid type: string, expected u64"),
        (r#"{"total":-733}"#, ".total", "invalid value: integer, expected u64"),
        (r#"{"total":7.33}"#, ".total", "invalid type: floating point, expected u64"),
        (r#"{"total":null}"#, ".total", "invalid type: null, expected u64"),
        (r#"{"total":true}"#, ".total", "invalid type: boolean, expected u64"),
        (r#"{"lines":[{"sku":"a"},{"sku":["s3cret"]}]}"#, ".lines[1].sku", "invalid type: sequence, expected a string"),
        (r#"{"lines":[{"s3cret":1}]}"#, ".lines[0]", "missing field `sku`"),
        (r#"{"notes":{"a\nb":"s3cret"}}"#, ".notes.a\\nb", "invalid type: string, expected u8"),
        (r#"{"state":"s3cret"}"#, ".state", "unknown variant, expected `open` or `paid`"),
        (r#"{"state":"`, expected s3cret"}"#, ".state", "unknown variant, expected `open` or `paid`"),
        (r#"{"pair":[7]}"#, ".pair", "invalid length, expected a tuple of size 2"),
        (r#"{"own":"s3cret"}"#, ".own", "rejected by its type"),
        (r#"{"real":1e999}"#, ".real", "number out of range"),
        ("733", "", "invalid type: integer, expected struct Order"),
        (r#""s3cret""#, "", "invalid type: string, expected struct Order"),
    ];
    for (json, path, reason) in cases {
        let misfit = read::<Order>(json).expect_err(json);
        let expected = Misfit { path: path.to_owned(), reason: format!("does not fit: {reason}") };
        assert_eq!(misfit, expected, "{json}");
    }
    let unknown = read::<Order>(r#"{"new":"s3cret"}"#).expect_err("an unknown member");
    assert!(unknown.reason.starts_with("does not fit: unknown field, expected one of `total`"), "{unknown:?}");
}

#[test]
fn a_type_that_calls_a_value_by_its_text_does_not_show_it() {
    #[derive(Debug)]
    struct Sly;

    impl<'de> Deserialize<'de> for Sly {
        fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
            let text = String::deserialize(text)?;
            Err(D::Error::invalid_value(Unexpected::Other(&text), &"something else"))
        }
    }

    let misfit = read::<Sly>(r#""s3cret""#).expect_err("a misfit");
    assert_eq!(misfit.reason, "does not fit: invalid value: a value, expected something else");
}

#[test]
fn the_path_is_bounded() {
    let name = "n".repeat(100_000);
    let misfit = read::<Order>(&format!(r#"{{"notes":{{"{name}":"x"}}}}"#)).expect_err("a misfit");
    assert_eq!(misfit.path.len(), LONGEST);
}

#[test]
fn the_last_one_of_a_repeated_member_counts() {
    let order = read::<Order>(r#"{"total":1,"lines":[{"sku":"a","sku":"b"}],"total":2}"#).expect("an order");
    assert_eq!((order.total, order.lines), (2, vec![Line { sku: "b".to_owned() }]));
    let misfit = read::<Order>(r#"{"total":1,"total":"s3cret"}"#).expect_err("a misfit");
    assert_eq!(
        (misfit.path.as_str(), misfit.reason.as_str()),
        (".total", "does not fit: invalid type: string, expected u64")
    );
}
