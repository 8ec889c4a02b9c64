//! A part's `Content-Disposition`: its name, and whether it is a file.

use std::borrow::Cow;

use crate::body::hex;

#[derive(Default)]
pub(super) struct Disposition<'a> {
    pub(super) name: Option<Cow<'a, [u8]>>,
    pub(super) file: bool,
}

impl<'a> Disposition<'a> {
    /// Reads a header's value. The last of several equal parameters counts, as in PHP.
    pub(super) fn read(mut rest: &'a [u8]) -> Self {
        let mut this = Self::default();
        while let Some(at) = memchr::memchr2(b';', b'=', rest) {
            let (before, tail) = rest.split_at(at);
            rest = tail.get(1..).unwrap_or_default();
            if tail.starts_with(b"=") {
                let parameter = before.trim_ascii();
                let value;
                (value, rest) = read_value(rest.trim_ascii_start());
                if parameter.eq_ignore_ascii_case(b"name") {
                    this.name = value;
                } else if parameter.eq_ignore_ascii_case(b"filename") || parameter.eq_ignore_ascii_case(b"filename*") {
                    this.file = true;
                }
                // Skip to the next parameter.
                rest = memchr::memchr(b';', rest).and_then(|end| rest.get(end..)).unwrap_or_default();
            }
        }
        this
    }
}

/// A value, quoted or not, and what follows it. `None` when the closing quote is missing.
fn read_value(text: &[u8]) -> (Option<Cow<'_, [u8]>>, &[u8]) {
    let (quote, quoted) = match text {
        [quote @ (b'"' | b'\''), quoted @ ..] => (*quote, quoted),
        _ => {
            let end = text.iter().position(|&byte| byte == b';' || byte.is_ascii_whitespace()).unwrap_or(text.len());
            let (value, rest) = text.split_at(end);
            return (Some(Cow::Borrowed(value)), rest);
        }
    };
    let mut escaped = false;
    let end = quoted.iter().position(|&byte| {
        let ends = byte == quote && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    match end {
        Some(end) => {
            let (value, rest) = quoted.split_at(end);
            (Some(unescape(value, quote)), rest.get(1..).unwrap_or_default())
        }
        None => (None, &[]),
    }
}

/// Undoes the escapes of a quoted name: a backslash before quotes and backslashes (PHP, curl), `%22`, `%0D` and `%0A`
/// (browsers), and the line ends of a folded header.
fn unescape(text: &[u8], quote: u8) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'\\' | b'%' | b'\n')) {
        return Cow::Borrowed(text);
    }
    let mut name = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match (byte, tail) {
            (b'\\', [next, tail @ ..]) if *next == quote || *next == b'\\' => {
                name.push(*next);
                rest = tail;
            }
            (b'\n', _) | (b'\r', [b'\n', ..]) => {}
            (b'%', _) => match hex::pair(tail) {
                Some((encoded @ (b'"' | b'\r' | b'\n'), tail)) => {
                    name.push(encoded);
                    rest = tail;
                }
                _ => name.push(b'%'),
            },
            _ => name.push(*byte),
        }
    }
    Cow::Owned(name)
}
