//! The token of a form, removed from its field.

use std::borrow::Cow;

use super::Form;

/// The content of the token's field.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Missing,
    One(Cow<'a, [u8]>),
    Repeated,
}

impl<'a> Form<'a> {
    /// Removes and returns the token. No field of that name is left afterwards.
    pub(crate) fn take_token(&mut self, name: &str) -> Token<'a> {
        let is_token = |(field, _): &(Cow<'_, [u8]>, _)| **field == *name.as_bytes();
        let Some(place) = self.fields.iter().position(is_token) else { return Token::Missing };
        let (_, token) = self.fields.remove(place);
        self.unchanged = self.unchanged.map(|(body, _)| (body, place));
        let others = self.fields.len();
        self.fields.retain(|field| !is_token(field));
        if self.fields.len() < others {
            self.unchanged = None;
        }
        let null = self.nulls.iter().any(|null| **null == *name.as_bytes());
        if null || self.fields.len() < others { Token::Repeated } else { Token::One(token) }
    }

    /// The form with this token, which replaces any that are there.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn with_token(mut self, field: &'a str, token: &'a str) -> bytes::Bytes {
        self.take_token(field);
        self.fields.push((field.as_bytes().into(), token.as_bytes().into()));
        self.unchanged = None;
        self.encode()
    }
}
