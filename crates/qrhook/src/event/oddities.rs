//! Collects the oddities of an authentic event.

use std::{borrow::Cow, fmt};

/// An irregularity in an authentic event, usually a field that does not fit its type. The value of such a field is
/// missing from the typed event (a [`Timestamp`](crate::Timestamp) keeps its text), but is still in the raw body.
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

/// The maximum number of oddities that are kept. A body of 2 MiB can hold a million; the first ones show the problem.
const LIMIT: usize = 64;

/// Collects oddities while an event is decoded. An event without any causes no allocation.
#[derive(Debug, Default)]
pub struct Oddities(Vec<Oddity>);

impl Oddities {
    /// Notes a field and the reason for the oddity. Neither may quote the value. Only the first 64 oddities are kept.
    pub fn note(&mut self, field: impl Into<String>, reason: impl Into<Cow<'static, str>>) {
        if self.0.len() < LIMIT {
            self.0.push(Oddity { field: field.into(), reason: reason.into() });
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Oddity> {
        self.0
    }
}
