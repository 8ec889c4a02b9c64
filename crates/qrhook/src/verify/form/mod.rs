//! The form of a sender whose secret stands in the body.
//!
//! This is code that strangers reach: the token can only be found by reading the form. So the reading is bounded (by
//! the body limit and by a number of fields), never recurses, ends at the first thing that is no form, and keeps
//! what it read until there, because the verdict depends on whether the token was among it.

mod json;
mod multipart;
mod urlencoded;

use std::borrow::Cow;

use bytes::Bytes;

use super::BodyProblem;

/// How a form is written, as its content type says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FormKind {
    UrlEncoded,
    /// `None` when the content type lacks its boundary: such a body cannot be read.
    Multipart(Option<String>),
    Json,
}

impl FormKind {
    /// `None` when this is no form.
    pub(super) fn of(content_type: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(content_type).ok()?;
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        match essence.trim().to_ascii_lowercase().as_str() {
            "application/x-www-form-urlencoded" => Some(Self::UrlEncoded),
            "multipart/form-data" => Some(Self::Multipart(boundary(parameters))),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// The boundary among the parameters of a content type.
///
/// Stricter readers refuse `/`, `=` or `:` without quotes and blanks around the separators, all of which senders
/// write. No quoted separator needs care, for a boundary cannot hold any.
fn boundary(parameters: &str) -> Option<String> {
    let parameters = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let mut boundaries = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    let text = boundaries.next()?.1.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// A decoded form: names and values as bytes, in the order of the body.
#[derive(Default)]
pub struct Form<'a> {
    fields: Vec<Field<'a>>,
    /// The names of JSON members that are `null`: no fields, but a token beside one is a second token.
    nulls: Vec<Vec<u8>>,
}

/// Name and value.
type Field<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// A form, as far as it could be read.
pub(super) struct Reading<'a> {
    pub(super) form: Form<'a>,
    /// Why the reading ended before the body did.
    pub(super) problem: Option<BodyProblem>,
}

/// What stands in the token's field.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Missing,
    One(Cow<'a, [u8]>),
    Repeated,
}

/// Collects fields up to a limit.
struct Fields<'a> {
    form: Form<'a>,
    /// Parts count that are no fields, such as files.
    seen: usize,
    limit: usize,
}

impl<'a> Fields<'a> {
    /// Counts one field or part; an error ends the reading.
    fn count(&mut self) -> Result<(), BodyProblem> {
        if self.seen >= self.limit {
            return Err(BodyProblem::TooManyFields { limit: self.limit });
        }
        self.seen = self.seen.saturating_add(1);
        Ok(())
    }

    fn push(&mut self, name: Cow<'a, [u8]>, value: Cow<'a, [u8]>) {
        self.form.fields.push((name, value));
    }
}

impl<'a> Form<'a> {
    pub(super) fn read(kind: &FormKind, body: &'a Bytes, limit: usize) -> Reading<'a> {
        let mut fields = Fields { form: Self::default(), seen: 0, limit };
        let outcome = match kind {
            FormKind::UrlEncoded => urlencoded::read(body, &mut fields),
            FormKind::Multipart(Some(boundary)) => multipart::read(body, boundary, &mut fields),
            FormKind::Multipart(None) => Err(BodyProblem::BrokenForm),
            FormKind::Json => json::read(body, &mut fields),
        };
        Reading { form: fields.form, problem: outcome.err() }
    }

    /// Takes the token's field out.
    pub(super) fn take_token(&mut self, name: &str) -> Token<'a> {
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
    pub(super) fn mask(&mut self, token: &[u8]) {
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

    /// The fields in the order of the body: name and value. Bytes that are not UTF-8 are replaced.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        self.fields.iter().map(|(name, value)| (String::from_utf8_lossy(name), String::from_utf8_lossy(value)))
    }

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

    /// Names and values as bytes, sorted by name; fields of one name keep their order.
    pub(crate) fn sorted(&self) -> Vec<(&[u8], &[u8])> {
        let mut fields: Vec<(&[u8], &[u8])> = self.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        fields.sort_by_key(|(name, _)| *name);
        fields
    }
}

/// Shows names only: values are personal data.
impl std::fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests;
