//! Reading JSON that is authentic, and may still be anything.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::verify::BodyProblem;

/// The deepest nesting that is accepted, also where a value is only kept or skipped: whoever reads it later may
/// recurse.
const DEPTH: usize = 128;

/// Refuses a text that is nested too deeply.
pub(crate) fn check_depth(text: &str) -> Result<(), BodyProblem> {
    // Most bodies do not have that many brackets, and counting them is next to free.
    let opened = |chunk: &[u8]| chunk.iter().map(|&byte| u8::from(byte | 0x20 == b'{')).fold(0, u8::wrapping_add);
    if text.as_bytes().chunks(128).map(|chunk| usize::from(opened(chunk))).fold(0, usize::wrapping_add) <= DEPTH {
        return Ok(());
    }
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                depth = depth.saturating_add(1);
                if depth > DEPTH {
                    return Err(BodyProblem::TooDeep { limit: DEPTH });
                }
            }
            b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The members of an object, each value unread.
pub(crate) fn members<'de>(text: &'de str) -> Option<Vec<(Cow<'de, str>, &'de RawValue)>> {
    let mut members = Vec::new();
    read_members(text, |name, value| members.push((name, value))).ok()?;
    Some(members)
}

/// Calls `each` for the members of an object, which must be the whole text.
pub(crate) fn read_members<'de>(
    text: &'de str,
    each: impl FnMut(Cow<'de, str>, &'de RawValue),
) -> serde_json::Result<()> {
    let mut document = serde_json::Deserializer::from_str(text);
    document.deserialize_map(Members(each))?;
    document.end()
}

struct Members<F>(F);

impl<'de, F: FnMut(Cow<'de, str>, &'de RawValue)> Visitor<'de> for Members<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut members: M) -> Result<(), M::Error> {
        while let Some(name) = members.next_key_seed(Name)? {
            (self.0)(name, members.next_value()?);
        }
        Ok(())
    }
}

/// A member's name, borrowed where it has no escapes.
pub(crate) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, name: D) -> Result<Self::Value, D::Error> {
        name.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// What JSON readers refuse though an authentic sender may write it: a byte order mark, bytes that are not UTF-8, and
/// escapes of half a surrogate pair. `None` when there is nothing to repair.
///
/// Each byte and each half becomes U+FFFD with its number behind it: two ids that differ there stay two.
pub(crate) fn repair(body: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(body.len());
    for chunk in body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\u{fffd}{byte:02x}")));
    }
    let repaired = replace_lone_surrogates(&text);
    (repaired.as_bytes() != body).then(|| repaired.into_owned())
}

/// The text without escapes that no `String` can hold.
pub(crate) fn replace_lone_surrogates(text: &str) -> Cow<'_, str> {
    let mut repaired = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        repaired.push_str(before);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(half @ 0xd800..=0xdfff), _) => {
                repaired.push_str(&format!("\u{fffd}{half:04x}"));
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            // `\\` is passed over as a whole, so that what follows it is not taken for an escape.
            _ => escape.chars().take(2).map(char::len_utf8).fold(0, usize::saturating_add),
        };
        repaired.push_str(escape.get(..length).unwrap_or_default());
        rest = escape.get(length..).unwrap_or_default();
    }
    if repaired.is_empty() {
        return Cow::Borrowed(text);
    }
    repaired.push_str(rest);
    Cow::Owned(repaired)
}

/// The UTF-16 unit of a `\uXXXX` at the start of the text.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_the_depth_and_nothing_else() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(check_depth(&nested(128)), Ok(()));
        assert_eq!(check_depth(&nested(129)), Err(BodyProblem::TooDeep { limit: 128 }));
        assert_eq!(check_depth(&nested(100_000)), Err(BodyProblem::TooDeep { limit: 128 }));
        assert_eq!(check_depth(&format!("[{}0]", "{},".repeat(1000))), Ok(()), "wide is not deep");
        assert_eq!(check_depth(&format!("[\"\\\"{}\"]", "[".repeat(1000))), Ok(()), "text is not depth");
        assert_eq!(check_depth(&"[".repeat(256 * 128)), Err(BodyProblem::TooDeep { limit: 128 }), "no counter wraps");
    }

    #[test]
    fn repairs_what_a_reader_would_refuse() {
        let cases: [(&[u8], Option<&str>); 8] = [
            (b"{}", None),
            (br#"{"a":"\\ud800"}"#, None),
            (br#"{"a":"\ud83d\ude00"}"#, None),
            (b"\xef\xbb\xbf{}", Some("{}")),
            (b"{\"a\":\"\xff\"}", Some("{\"a\":\"\u{fffd}ff\"}")),
            (br#"{"\ud800":1}"#, Some("{\"\u{fffd}d800\":1}")),
            (br#"{"\udc00\\\ud800\ud800\udc00":1}"#, Some("{\"\u{fffd}dc00\\\\\u{fffd}d800\\ud800\\udc00\":1}")),
            (br#""\ud8"#, None),
        ];
        for (body, expected) in cases {
            assert_eq!(repair(body).as_deref(), expected, "{}", body.escape_ascii());
        }
    }
}
