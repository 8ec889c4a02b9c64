//! `application/x-www-form-urlencoded`, decoded and encoded as bytes: the usual parsers replace what is not UTF-8, and
//! two fields that differ only there would become one.

use std::borrow::Cow;

use bytes::Bytes;

use super::{Fields, Form, FormKind};
use crate::body::{BodyProblem, hex};

pub(super) fn read<'a>(body: &'a [u8], fields: &mut Fields<'a>) -> Result<(), BodyProblem> {
    for pair in body.trim_ascii_end().split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        fields.count()?;
        let (name, value) = match memchr::memchr(b'=', pair) {
            Some(equals) => (&pair[..equals], &pair[equals.saturating_add(1)..]),
            None => (pair, &[][..]),
        };
        fields.push(decode(name), decode(value));
    }
    Ok(())
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
            // A stray percent sign stays what it is.
            (&plain, _) => (plain, tail),
        };
        decoded.push(byte);
    }
    Cow::Owned(decoded)
}

impl<'a> Form<'a> {
    /// The form, url-encoded again.
    pub(crate) fn encode(&self) -> Bytes {
        let mut text = Vec::new();
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

    /// Reads what [`encode`](Self::encode) wrote.
    pub(crate) fn read_encoded(body: &'a [u8]) -> Self {
        Self::read(&FormKind::UrlEncoded, body, usize::MAX).form
    }
}

/// As the URL standard's serializer does.
fn encode(text: &[u8], encoded: &mut Vec<u8>) {
    for &byte in text {
        match byte {
            b' ' => encoded.push(b'+'),
            b'*' | b'-' | b'.' | b'_' => encoded.push(byte),
            _ if byte.is_ascii_alphanumeric() => encoded.push(byte),
            _ => encoded.extend([b'%', hex::UPPER[usize::from(byte >> 4)], hex::UPPER[usize::from(byte & 15)]]),
        }
    }
}
