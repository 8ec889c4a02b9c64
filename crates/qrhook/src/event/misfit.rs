//! Names the member of a payload that does not fit a user's type, and the reason, without any of the values.

use std::fmt::Write;

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

/// The maximum length of a path that is shown, in characters. Its names may come from the sender.
pub(super) const LONGEST: usize = 200;

/// The names that `serde` uses for the kinds of values.
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
    /// `.name` or `[index]` for each level; empty for the payload itself.
    pub(super) path: String,
    /// The reason for an oddity.
    pub(super) reason: String,
}

/// Reads a value of the user's type. If a member is repeated, the last one counts.
pub(super) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Misfit> {
    // Tracking the path costs time, so it is done only after a failure.
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

/// Keeps the last one of each repeated member. Numbers beyond 64 bits are rounded, which is better than no payload.
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
        // The other messages are fixed.
        _ => Some(message.to_owned()),
    };
    // Any other message comes from the user's own type and may quote anything.
    format!("does not fit: {}", told.as_deref().unwrap_or("rejected by its type"))
}

/// Returns the message without the sender's value, if it is one of those that [`serde::de::Error`] makes.
fn without_value(message: &str) -> Option<String> {
    let after = |kind: &str| message.strip_prefix(kind);
    for kind in ["invalid type", "invalid value"] {
        if let Some(rest) = after(kind).and_then(|rest| rest.strip_prefix(": ")) {
            // From the end, because the value may contain the same words.
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
    // These names come from the type.
    ["missing field `", "duplicate field `"].iter().find_map(|kind| after(kind)).map(|_| message.to_owned())
}
