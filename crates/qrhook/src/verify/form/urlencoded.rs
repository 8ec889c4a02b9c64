//! `application/x-www-form-urlencoded`, down to bytes: the usual parsers replace what is not UTF-8, and two fields
//! that differ only there would become one.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use super::{BodyProblem, Fields};

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
