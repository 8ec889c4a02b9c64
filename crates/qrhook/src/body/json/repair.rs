//! Repairs broken JSON that authentic senders write.
//!
//! For a sender whose secret is in the body, this runs before the proof. It is therefore bounded: a few passes over the
//! body, each linear and with one output string.

use std::borrow::Cow;

use super::{
    illegal::{self, Missing},
    surrogates::replace_lone_surrogates,
};
use crate::body::hex;

/// The readable version of a broken body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Repaired {
    pub(crate) text: String,
    /// Whether anything other than a number that is not finite was changed.
    pub(crate) rewritten: bool,
    /// The places of the numbers that were replaced, and what was there.
    pub(crate) missing: Vec<Missing>,
}

/// Repairs what JSON readers refuse although an authentic sender may write it: a byte order mark, bytes that are not
/// UTF-8, escapes of half a surrogate pair, control characters in a string, and `NaN` or `Infinity` instead of a
/// number, which `stand_in` replaces. Returns `None` when there is nothing to repair, or the body is not an object.
///
/// Each invalid byte and each half becomes U+FFFD followed by its hexadecimal value, so that two ids that differ only
/// there stay different.
pub(crate) fn repair(body: &[u8], stand_in: &str) -> Option<Repaired> {
    let unmarked = body.strip_prefix(b"\xef\xbb\xbf");
    let body = unmarked.unwrap_or(body);
    if !body.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let valid = replace_invalid_bytes(body);
    let mut rewritten = unmarked.is_some() || valid.is_some();
    let mut text = valid.map_or_else(|| String::from_utf8_lossy(body), Cow::Owned);
    if let Some(whole) = replace_lone_surrogates(&text) {
        (text, rewritten) = (whole.into(), true);
    }
    let mut missing = Vec::new();
    if let Some(legal) = illegal::replace(&text, stand_in) {
        rewritten |= legal.escaped;
        (text, missing) = (legal.text.into(), legal.missing);
    }
    let repaired = Repaired { text: text.into_owned(), rewritten, missing };
    (rewritten || !repaired.missing.is_empty()).then_some(repaired)
}

/// Replaces bytes that are not UTF-8. `None` when there are none.
fn replace_invalid_bytes(body: &[u8]) -> Option<String> {
    let invalid = body.utf8_chunks().map(|chunk| chunk.invalid().len()).fold(0, usize::saturating_add);
    if invalid == 0 {
        return None;
    }
    // Each byte becomes the three bytes of U+FFFD and two digits.
    let mut text = String::with_capacity(body.len().saturating_add(invalid.saturating_mul(4)));
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        for &byte in chunk.invalid() {
            text.push(char::REPLACEMENT_CHARACTER);
            hex::push(&mut text, byte);
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_what_a_reader_would_refuse() {
        let cases: [(&[u8], Option<&str>); 10] = [
            (b"{}", None),
            (br#"{"a":"\\ud800"}"#, None),
            (b"\xef\xbb\xbf{}", Some("{}")),
            (b"\xef\xbb\xbf \n{}", Some(" \n{}")),
            (b"\xff{}", None),
            (b"[\"\xff\"]", None),
            (b"{\"a\":\"\xff\"}", Some("{\"a\":\"\u{fffd}ff\"}")),
            (br#"{"\ud800":1}"#, Some("{\"\u{fffd}d800\":1}")),
            (b"{\"a\":\"\x0b\"}", Some(r#"{"a":"\u000b"}"#)),
            (b"{\"a\":NaN,\"b\":\"\xff\"}", Some("{\"a\":null,\"b\":\"\u{fffd}ff\"}")),
        ];
        for (body, expected) in cases {
            let text = repair(body, "null").map(|repaired| repaired.text);
            assert_eq!(text.as_deref(), expected, "{}", body.escape_ascii());
        }
        let only_numbers = repair(br#"{"a":NaN}"#, "null").expect("a repair");
        assert!(!only_numbers.rewritten && only_numbers.missing.len() == 1);
    }
}
