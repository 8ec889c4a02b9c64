//! Escapes of half a surrogate pair, which a `String` cannot hold.

use super::patch::Patch;
use crate::body::hex;

/// Replaces each half with U+FFFD and its hexadecimal value, so that two ids that differ only there stay different.
/// `None` when there is none.
pub(crate) fn replace_lone_surrogates(text: &str) -> Option<String> {
    let (mut repaired, mut rest) = (Patch::of(text), text);
    while let Some(at) = rest.find('\\') {
        let (_, escape) = rest.split_at(at);
        let length = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(half @ 0xd800..=0xdfff), _) => {
                let text = repaired.replace(escape, 6);
                text.push(char::REPLACEMENT_CHARACTER);
                half.to_be_bytes().into_iter().for_each(|byte| hex::push(text, byte));
                6
            }
            // `\\` is skipped as a whole, so that what follows it is not taken for an escape.
            _ => escape.chars().take(2).map(char::len_utf8).fold(0, usize::saturating_add),
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    repaired.finish()
}

/// The UTF-16 unit of a `\uXXXX` at the start of the text.
fn unit(text: &str) -> Option<u16> {
    let (high, rest) = hex::pair(text.strip_prefix("\\u")?.as_bytes())?;
    let (low, _) = hex::pair(rest)?;
    Some(u16::from_be_bytes([high, low]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_halves_and_nothing_else() {
        for (text, expected) in [
            (r#"{"a":"\\ud800"}"#, None),
            (r#"{"a":"\ud83d\ude00"}"#, None),
            (r#"{"\ud800":1}"#, Some("{\"\u{fffd}d800\":1}")),
            (r#"{"\uDC00\\\ud800\ud800\udc00":1}"#, Some("{\"\u{fffd}dc00\\\\\u{fffd}d800\\ud800\\udc00\":1}")),
            (r#""\ud8"#, None),
        ] {
            assert_eq!(replace_lone_surrogates(text).as_deref(), expected, "{text}");
        }
    }
}
