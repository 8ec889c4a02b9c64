//! The form of a sender whose secret is in the body.
//!
//! Strangers can reach this code: the token can only be found by reading the form. Reading is therefore bounded (by the
//! body limit and a number of fields), never recurses, and stops at the first thing that is not a form. What was read
//! up to there is kept, because the verdict depends on whether it contains the token.

mod json;
mod kind;
mod mask;
mod multipart;
mod note;
mod token;
mod urlencoded;

use std::borrow::Cow;

use self::note::Note;
pub(crate) use self::{kind::FormKind, token::Token};
use crate::body::BodyProblem;

/// A decoded form: names and values as bytes, in the order of the body.
#[derive(Default)]
pub struct Form<'a> {
    fields: Vec<Field<'a>>,
    /// The names of JSON members that are `null`. They are not fields, but one with the token's name counts as a second
    /// token.
    nulls: Vec<Cow<'a, [u8]>>,
    notes: Vec<Note<'a>>,
    /// The body of a url-encoded form whose fields are unchanged except for the token, and the token's place.
    unchanged: Option<(&'a [u8], usize)>,
}

/// Name and value.
type Field<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// A form, as far as it could be read.
pub(crate) struct Reading<'a> {
    pub(crate) form: Form<'a>,
    /// The reason why reading stopped before the end of the body.
    pub(crate) problem: Option<BodyProblem>,
}

/// Most forms have no more fields than this.
const USUAL: usize = 16;

/// Collects fields up to a limit.
struct Fields<'a> {
    form: Form<'a>,
    /// Includes parts that are not fields, such as files.
    seen: usize,
    limit: usize,
}

impl<'a> Fields<'a> {
    /// Counts one field or part; an error stops the reading.
    fn count(&mut self) -> Result<(), BodyProblem> {
        if self.seen >= self.limit {
            return Err(BodyProblem::TooManyFields { limit: self.limit });
        }
        self.seen = self.seen.saturating_add(1);
        Ok(())
    }

    fn push(&mut self, name: Cow<'a, [u8]>, value: Cow<'a, [u8]>) {
        if self.form.fields.is_empty() {
            self.form.fields.reserve(USUAL);
        }
        self.form.fields.push((name, value));
    }

    /// Discards what was read, for a second reading.
    fn restart(&mut self) {
        *self = Self { form: Form::default(), seen: 0, limit: self.limit };
    }
}

impl<'a> Form<'a> {
    pub(crate) fn read(kind: &FormKind, body: &'a [u8], limit: usize) -> Reading<'a> {
        let mut fields = Fields { form: Self::default(), seen: 0, limit };
        let outcome = match kind {
            FormKind::UrlEncoded => {
                fields.form.unchanged = Some((body, usize::MAX));
                urlencoded::read(body, &mut fields)
            }
            FormKind::Multipart(Some(boundary)) => multipart::read(body, boundary, &mut fields),
            FormKind::Multipart(None) => Err(BodyProblem::BrokenForm),
            FormKind::Json => json::read(body, &mut fields),
        };
        Reading { form: fields.form, problem: outcome.err() }
    }

    /// The names and values of the fields, in the order of the body. Bytes that are not UTF-8 are replaced.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        self.fields.iter().map(|(name, value)| (String::from_utf8_lossy(name), String::from_utf8_lossy(value)))
    }

    /// The names and values as bytes.
    pub(crate) fn as_bytes(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Names and values as bytes, sorted by name; fields of one name keep their order.
    pub(crate) fn sorted(&self) -> Vec<(&[u8], &[u8])> {
        let mut fields: Vec<_> = self.as_bytes().collect();
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
