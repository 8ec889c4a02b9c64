//! The token of a form, taken out of its own field.

use std::borrow::Cow;

use super::Form;

/// What stands in the token's field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Missing,
    One(Cow<'a, [u8]>),
    Repeated,
}

impl<'a> Form<'a> {
    /// Takes the token's field out. Every field of that name is gone afterwards.
    pub(crate) fn take_token(&mut self, name: &str) -> Token<'a> {
        let mut token = Token::Missing;
        self.fields.retain_mut(|(field, value)| {
            if **field != *name.as_bytes() {
                return true;
            }
            token = if token == Token::Missing { Token::One(std::mem::take(value)) } else { Token::Repeated };
            false
        });
        let null = self.nulls.iter().any(|null| **null == *name.as_bytes());
        if null && token != Token::Missing { Token::Repeated } else { token }
    }

    /// The form with this token in it, in the place of those that are there.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_token(mut self, field: &'a str, token: &'a str) -> bytes::Bytes {
        self.take_token(field);
        self.fields.push((field.as_bytes().into(), token.as_bytes().into()));
        self.encode()
    }
}
