//! Broken JSON that authentic senders write, made readable.

use std::borrow::Cow;

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
