//! Saying which member of a payload does not fit a user's type, and why, without any of its values.

use std::fmt::Write;

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// The longest path that is shown. The names in it may be the sender's.
const LONGEST: usize = 200;

/// The names that `serde` gives to the values it finds.
const FOUND: [&str; 17] = [
    "Option value",
    "boolean",
    "byte array",
    "character",
    "enum",
    "floating point",
    "integer",
    "map",
    "newtype struct",
    "newtype variant",
    "null",
    "sequence",
    "string",
    "struct variant",
    "tuple variant",
    "unit value",
    "unit variant",
];

/// A place in a payload that does not fit, and the reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// `.name` or `[index]` for every level. Empty for the payload itself.
    pub(super) path: String,
    /// The reason of an oddity.
    pub(super) reason: String,
}

/// Reads a type of the user's. The last one of a repeated member counts.
pub(super) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Misfit> {
    // Following the path takes time, which is only spent when there is something to tell.
    if let Ok(value) = serde_json::from_str(json) {
        return Ok(value);
    }
    match follow(json) {
        Err(error) if error.inner().to_string().starts_with("duplicate field") => follow(&without_repeats(json)),
        result => result,
    }
    .map_err(|error| Misfit { path: written(error.path()), reason: reason(error.inner()) })
}

fn follow<T: DeserializeOwned>(json: &str) -> Result<T, serde_path_to_error::Error<serde_json::Error>> {
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json))
}

/// The last one of every repeated member. Numbers beyond 64 bits are rounded here, which is better than no payload.
fn without_repeats(json: &str) -> String {
    serde_json::from_str::<serde_json::Value>(json).unwrap_or_default().to_string()
}

fn written(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        // Writing to a `String` cannot fail.
        let _ = match segment {
            Segment::Seq { index } => write!(text, "[{index}]"),
            Segment::Map { key: name } | Segment::Enum { variant: name } => write!(text, ".{}", name.escape_debug()),
            Segment::Unknown => write!(text, ".?"),
        };
    }
    text.chars().take(LONGEST).collect()
}

fn reason(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&position).unwrap_or(&message);
    let told = match error.classify() {
        Category::Data => without_value(message),
        // The other messages are fixed texts.
        _ => Some(message.to_owned()),
    };
    // Any other message is of the user's own type, and may quote anything.
    format!("does not fit: {}", told.as_deref().unwrap_or("its type refuses it"))
}

/// The message without the sender's value, if it is one of those that [`serde::de::Error`] makes.
fn without_value(message: &str) -> Option<String> {
    let after = |kind: &str| message.strip_prefix(kind);
    for kind in ["invalid type", "invalid value"] {
        if let Some(rest) = after(kind).and_then(|rest| rest.strip_prefix(": ")) {
            // The last one, because the value may hold the same words.
            let (found, expected) = rest.rsplit_once(", expected ")?;
            let found = found.split(['`', '"']).next().map(str::trim).filter(|found| FOUND.contains(found));
            return Some(format!("{kind}: {}, expected {expected}", found.unwrap_or("a value")));
        }
    }
    for kind in ["invalid length", "unknown variant", "unknown field"] {
        if let Some(rest) = after(kind) {
            let expected = rest.rsplit_once(", expected ").map(|(_, expected)| expected);
            return Some(expected.map_or(kind.to_owned(), |expected| format!("{kind}, expected {expected}")));
        }
    }
    // These names are the type's own.
    ["missing field `", "duplicate field `"].iter().find_map(|kind| after(kind)).map(|_| message.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

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
            (
                r#"{"lines":[{"sku":"a"},{"sku":["s3cret"]}]}"#,
                ".lines[1].sku",
                "invalid type: sequence, expected a string",
            ),
            (r#"{"lines":[{"s3cret":1}]}"#, ".lines[0]", "missing field `sku`"),
            (r#"{"notes":{"a\nb":"s3cret"}}"#, ".notes.a\\nb", "invalid type: string, expected u8"),
            (r#"{"state":"s3cret"}"#, ".state", "unknown variant, expected `open` or `paid`"),
            (r#"{"state":"`, expected s3cret"}"#, ".state", "unknown variant, expected `open` or `paid`"),
            (r#"{"pair":[7]}"#, ".pair", "invalid length, expected a tuple of size 2"),
            (r#"{"own":"s3cret"}"#, ".own", "its type refuses it"),
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
}
