//! Collecting what is odd in an authentic event.

use std::{borrow::Cow, fmt};

/// A field that does not fit its type. Its value is missing from the typed event (a [`Timestamp`](crate::Timestamp) keeps
/// its text), and still stands in the raw body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Oddity {
    /// The path of the field, such as `data.interaction.bot`.
    pub field: String,
    /// The reason, without the value.
    pub reason: Cow<'static, str>,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.field, self.reason)
    }
}

/// The most oddities that are kept. A body of 2 MiB holds a million odd elements, and the first ones tell the story.
const LIMIT: usize = 64;

/// Collects oddities while an event is decoded. An event without any costs no allocation.
#[derive(Debug, Default)]
pub struct Oddities(Vec<Oddity>);

impl Oddities {
    /// Notes a field and what is odd about it. Neither may quote the value. Only the first 64 are kept.
    pub fn note(&mut self, field: impl Into<String>, reason: impl Into<Cow<'static, str>>) {
        if self.0.len() < LIMIT {
            self.0.push(Oddity { field: field.into(), reason: reason.into() });
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Oddity> {
        self.0
    }
}
