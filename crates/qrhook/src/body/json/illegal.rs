//! Illegal JSON that serializers write anyway: numbers that are not finite (by default in Python's `json`, as an option
//! in Ruby's, Gson and others), and raw control characters in JSON that was assembled by hand.

use super::{patch::Patch, text};
use crate::body::hex;

/// The most places that are reported.
const PLACES: usize = 64;

/// The most names in the path of a place, and the longest name that is shown.
const NAMES: usize = 16;
const NAME: usize = 32;

/// The place of a missing value, such as `data.lat`, and what was there.
pub(crate) type Missing = (String, &'static str);

/// The legal JSON, and what was changed in it.
pub(super) struct Legal {
    pub(super) text: String,
    /// Whether a raw control character was replaced with an escape.
    pub(super) escaped: bool,
    pub(super) missing: Vec<Missing>,
}

/// Replaces everything illegal. `None` when there is nothing to replace.
pub(super) fn replace(json: &str, stand_in: &str) -> Option<Legal> {
    let (mut legal, mut escaped, mut missing) = (Patch::of(json), false, Vec::new());
    let (mut rest, mut place, mut string) = (json, Place::default(), "");
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            _ if in_literal(first) => rest.find(|other| !in_literal(other)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, tail) = rest.split_at(length);
        if let Some(reason) = not_finite(token) {
            legal.replace(rest, length).push_str(stand_in);
            if missing.len() < PLACES {
                missing.push((place.path(), reason));
            }
        } else if first == '"' {
            string = token;
            escaped |= escape_controls(rest, length, &mut legal);
        } else {
            place.step(first, string);
        }
        rest = tail;
    }
    Some(Legal { text: legal.finish()?, escaped, missing })
}

/// The length of a string up to and including the closing quote, or of everything if there is none.
fn string_length(json: &str) -> usize {
    let mut escaped = true;
    let end = json.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = !escaped && byte == b'\\';
        ends
    });
    end.map_or(json.len(), |end| end.saturating_add(1))
}

fn in_literal(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.' | '_')
}

fn not_finite(token: &str) -> Option<&'static str> {
    let is = |words: &[&str]| words.iter().any(|word| token.eq_ignore_ascii_case(word));
    if is(&["NaN", "-NaN"]) {
        Some("is NaN, which is not a number in JSON")
    } else if is(&["Infinity", "Inf"]) {
        Some("is Infinity, which is not a number in JSON")
    } else if is(&["-Infinity", "-Inf"]) {
        Some("is -Infinity, which is not a number in JSON")
    } else {
        None
    }
}

/// Escapes control characters in the string of this length at the start of `json`. Returns whether there were any.
fn escape_controls(json: &str, length: usize, legal: &mut Patch<'_>) -> bool {
    let (string, _) = json.split_at(length);
    let (mut found, mut escaped) = (false, false);
    for (at, byte) in string.bytes().enumerate() {
        if byte < b' ' && !escaped {
            found = true;
            let text = legal.replace(json.get(at..).unwrap_or_default(), 1);
            text.push_str("\\u00");
            hex::push(text, byte);
        }
        escaped = !escaped && byte == b'\\';
    }
    found
}

/// The current position in the document: the names of the members around it.
#[derive(Default)]
struct Place<'t> {
    depth: usize,
    names: Vec<&'t str>,
}

impl<'t> Place<'t> {
    /// `string` is the last string before this character.
    fn step(&mut self, character: char, string: &'t str) {
        match character {
            '{' | '[' => {
                self.depth = self.depth.saturating_add(1);
                if self.depth <= NAMES {
                    self.names.push("");
                }
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                self.names.truncate(self.depth);
            }
            ':' if self.names.len() == self.depth => {
                if let Some(name) = self.names.last_mut() {
                    *name = string;
                }
            }
            _ => {}
        }
    }

    /// The names joined with dots; a list adds nothing. A long name is left out rather than cut, so that a token in a
    /// name that is shown can be found and masked.
    fn path(&self) -> String {
        let mut place = String::new();
        for name in self.names.iter().filter(|name| !name.is_empty()) {
            if !place.is_empty() {
                place.push('.');
            }
            let short = text(name).filter(|name| name.len() <= NAME);
            place.push_str(short.as_deref().unwrap_or("(a long name)"));
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(json: &str) -> Option<(String, Vec<String>)> {
        let legal = replace(json, "null")?;
        Some((legal.text, legal.missing.into_iter().map(|(place, _)| place).collect()))
    }

    #[test]
    fn replaces_numbers_that_are_not_finite_and_tells_where_they_stood() {
        let cases: [(&str, &str, &[&str]); 8] = [
            (r#"{"a":NaN}"#, r#"{"a":null}"#, &["a"]),
            (r#"{"a":{"b":[1,-Infinity],"c":inf}}"#, r#"{"a":{"b":[1,null],"c":null}}"#, &["a.b", "a.c"]),
            (r#"{"a": NaN ,"NaN":"NaN"}"#, r#"{"a": null ,"NaN":"NaN"}"#, &["a"]),
            (r#"{"\"a\\":[{"b":1},-nan]}"#, r#"{"\"a\\":[{"b":1},null]}"#, &["\"a\\"]),
            (r#"{"a":[{"b":NaN}],"c":Infinity}"#, r#"{"a":[{"b":null}],"c":null}"#, &["a.b", "c"]),
            ("NaN", "null", &[""]),
            (r#"{"a":"\u00fc:","ü":NaN"#, r#"{"a":"\u00fc:","ü":null"#, &["ü"]),
            (r#"]}{"a":NaN"#, r#"]}{"a":null"#, &["a"]),
        ];
        for (json, text, places) in cases {
            let places = places.iter().map(|&place| place.to_owned()).collect();
            assert_eq!(replaced(json), Some((text.to_owned(), places)), "{json}");
        }
        for whole in [r#"{"a":"NaN, Infinity"}"#, r#"{"a":NaNs,"b":1NaN,"c":nul,"d":Infinit}"#, r#""NaN"#, ""] {
            assert_eq!(replaced(whole), None, "{whole}");
        }
    }

    #[test]
    fn escapes_raw_control_characters_in_texts_only() {
        let escaped = |json: &str| replace(json, "null").map(|legal| (legal.text, legal.escaped));
        assert_eq!(
            escaped("{\n\t\"a\":\"\r\n\tü\0\"}"),
            Some(("{\n\t\"a\":\"\\u000d\\u000a\\u0009ü\\u0000\"}".into(), true))
        );
        assert_eq!(escaped("{\"a\":\"\\\n\"}"), None, "an invalid escape stays as it is");
        assert_eq!(escaped("{\n}"), None);
    }

    #[test]
    fn places_are_bounded() {
        let deep = format!("{}NaN", r#"{"name":"#.repeat(100));
        let (_, places) = replaced(&deep).expect("a number");
        assert_eq!(places, ["name.".repeat(16).trim_end_matches('.')]);
        let long = format!(r#"{{"{}":[{}1]}}"#, "x".repeat(33), "NaN,".repeat(100));
        let (_, places) = replaced(&long).expect("a number");
        assert_eq!(places, vec!["(a long name)"; 64]);
    }
}
