//! `application/x-www-form-urlencoded`, down to bytes: the usual parsers replace what is not UTF-8, and two fields
//! that differ only there would become one.

use std::borrow::Cow;

use bytes::Bytes;
use percent_encoding::percent_decode;

use super::{BodyProblem, Fields, Form, FormKind};

pub(super) fn read<'a>(body: &'a [u8], fields: &mut Fields<'a>) -> Result<(), BodyProblem> {
    for pair in body.trim_ascii_end().split(|&byte| byte == b'&').filter(|pair| !pair.is_empty()) {
        fields.count()?;
        let (name, value) = match pair.iter().position(|&byte| byte == b'=') {
            Some(equals) => (&pair[..equals], &pair[equals.saturating_add(1)..]),
            None => (pair, &[][..]),
        };
        fields.push(decode(name), decode(value));
    }
    Ok(())
}

fn decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let spaced: Vec<u8> = text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    Cow::Owned(percent_decode(&spaced).collect())
}

impl<'a> Form<'a> {
    /// The form, url-encoded again.
    pub(crate) fn encode(&self) -> Bytes {
        let mut text = String::new();
        for (name, value) in &self.fields {
            if !text.is_empty() {
                text.push('&');
            }
            text.extend(form_urlencoded::byte_serialize(name));
            text.push('=');
            text.extend(form_urlencoded::byte_serialize(value));
        }
        text.into()
    }

    /// Reads what [`encode`](Self::encode) wrote.
    pub(crate) fn read_encoded(body: &'a Bytes) -> Self {
        Self::read(&FormKind::UrlEncoded, body, usize::MAX).form
    }

    /// The form with this token in it, in the place of those that are there.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_token(mut self, field: &'a str, token: &'a str) -> Bytes {
        self.take_token(field);
        self.fields.push((field.as_bytes().into(), token.as_bytes().into()));
        self.encode()
    }
}
