//! `application/x-www-form-urlencoded`, decoded and encoded as bytes: the usual parsers replace bytes that are not
//! UTF-8, and two fields that differ only there would look the same.

use std::{borrow::Cow, ops::Range};

use bytes::Bytes;

use super::{Fields, Form};
use crate::body::{BodyProblem, hex};

pub(super) fn read<'a>(body: &'a [u8], fields: &mut Fields<'a>) -> Result<(), BodyProblem> {
    for pair in pairs(body) {
        fields.count()?;
        let (name, value) = match memchr::memchr(b'=', pair) {
            Some(equals) => (&pair[..equals], &pair[equals.saturating_add(1)..]),
            None => (pair, &[][..]),
        };
        fields.push(decode(name), decode(value));
    }
    Ok(())
}

fn pairs(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(body.trim_ascii_end());
    let parts = std::iter::from_fn(move || {
        let text = rest?;
        let pair;
        (pair, rest) = match memchr::memchr(b'&', text) {
            Some(end) => (&text[..end], Some(&text[end.saturating_add(1)..])),
            None => (text, None),
        };
        Some(pair)
    });
    parts.filter(|pair| !pair.is_empty())
}

/// The range of one of the pairs in the body. Empty if there is no such pair.
pub(super) fn range(body: &[u8], place: usize) -> Range<usize> {
    let Some(pair) = pairs(body).nth(place) else { return 0..0 };
    let start = pair.as_ptr().addr().wrapping_sub(body.as_ptr().addr());
    start..start.saturating_add(pair.len())
}

/// The body without one of its pairs.
fn without(body: &[u8], place: usize) -> Vec<u8> {
    let pair = range(body, place);
    if pair.is_empty() {
        return body.to_vec();
    }
    let (before, after) = (&body[..pair.start], &body[pair.end..]);
    match before.strip_suffix(b"&") {
        Some(before) => [before, after].concat(),
        None => after.strip_prefix(b"&").unwrap_or(after).to_vec(),
    }
}

fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(start) = memchr::memchr2(b'%', b'+', text) else { return Cow::Borrowed(text) };
    let (plain, mut rest) = text.split_at(start);
    let mut decoded = Vec::with_capacity(text.len());
    decoded.extend_from_slice(plain);
    while let [first, tail @ ..] = rest {
        let byte;
        (byte, rest) = match (first, hex::pair(tail)) {
            (b'%', Some(encoded)) => encoded,
            (b'+', _) => (b' ', tail),
            // A stray percent sign stays as it is.
            (&plain, _) => (plain, tail),
        };
        decoded.push(byte);
    }
    Cow::Owned(decoded)
}

impl<'a> Form<'a> {
    /// The form without the token, url-encoded. One that was sent url-encoded keeps its exact bytes where possible.
    pub(crate) fn encode(&self) -> Bytes {
        if let Some((body, token)) = self.unchanged {
            let rest = without(body.trim_ascii_end(), token);
            // Not if blanks are left at the end: a second reading would lose them.
            if rest.trim_ascii_end().len() == rest.len() {
                return rest.into();
            }
        }
        let texts = self.fields.iter().flat_map(|(name, value)| [name, value]);
        let length = texts.map(|text| encoded_length(text).saturating_add(1)).fold(0, usize::saturating_add);
        let mut text = Vec::with_capacity(length);
        for (name, value) in &self.fields {
            if !text.is_empty() {
                text.push(b'&');
            }
            encode(name, &mut text);
            text.push(b'=');
            encode(value, &mut text);
        }
        text.into()
    }

    /// Reads a form that [`encode`](Self::encode) wrote.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn read_encoded(body: &'a [u8]) -> Self {
        Self::read(&super::FormKind::UrlEncoded, body, usize::MAX).form
    }
}

/// Whether the byte is written as itself, as in the URL standard's serializer.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_')
}

/// Appends a name or a value.
pub(super) fn encode(text: &[u8], encoded: &mut Vec<u8>) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| !is_plain(byte)) {
        let (plain, tail) = rest.split_at(at);
        encoded.extend_from_slice(plain);
        let Some((&byte, tail)) = tail.split_first() else { return };
        match byte {
            b' ' => encoded.push(b'+'),
            _ => encoded.extend([b'%', hex::UPPER[usize::from(byte >> 4)], hex::UPPER[usize::from(byte & 15)]]),
        }
        rest = tail;
    }
    encoded.extend_from_slice(rest);
}

fn encoded_length(text: &[u8]) -> usize {
    let escaped = text.iter().filter(|&&byte| !is_plain(byte) && byte != b' ').count();
    text.len().saturating_add(escaped.saturating_mul(2))
}
