//! The token of a form: taken out of its own field, and masked wherever else it stands.

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
    /// Takes the token's field out.
    pub(crate) fn take_token(&mut self, name: &str) -> Token<'a> {
        let mut token = Token::Missing;
        self.fields.retain_mut(|(field, value)| {
            if **field != *name.as_bytes() {
                return true;
            }
            token = if token == Token::Missing { Token::One(std::mem::take(value)) } else { Token::Repeated };
            false
        });
        let null = self.nulls.iter().any(|null| null == name.as_bytes());
        if null && token != Token::Missing { Token::Repeated } else { token }
    }

    /// Takes the token out of the other fields, where a sender that writes it twice under two names may have left it.
    pub(crate) fn mask(&mut self, token: &[u8]) {
        let holds = |text: &[u8]| text.windows(token.len()).any(|part| part == token);
        for (name, value) in &mut self.fields {
            // A short token may stand in a text by chance.
            if **value == *token || (token.len() >= 16 && holds(value)) {
                *value = Cow::Borrowed(b"***");
            }
            if token.len() >= 16 && holds(name) {
                *name = Cow::Borrowed(b"***");
            }
        }
    }
}
