//! What a form holds beside its fields, or otherwise than it was sent: noted, so that nothing vanishes silently.

use std::borrow::Cow;

use super::{Fields, Form};
use crate::body::quote;

/// The most notes that are kept: as many as an event has oddities.
const LIMIT: usize = 64;

/// A place in the body, and what is odd there. Never a value.
pub(super) struct Note<'a> {
    pub(super) place: Cow<'a, [u8]>,
    pub(super) reason: &'static str,
}

impl<'a> Fields<'a> {
    pub(super) fn note(&mut self, place: Cow<'a, [u8]>, reason: &'static str) {
        self.form.note(place, reason);
    }
}

impl<'a> Form<'a> {
    pub(super) fn note(&mut self, place: Cow<'a, [u8]>, reason: &'static str) {
        if self.notes.len() < LIMIT {
            self.notes.push(Note { place, reason });
        }
    }

    /// What the fields do not show: where, and what is odd there. For the
    /// [oddities](crate::event::Oddities) of the event.
    ///
    /// Here are the parts of a multipart form that are not fields (files, and parts without a name), values that are
    /// not numbers in JSON (`NaN`), and fields that held the token and were masked.
    pub fn notes(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.notes.iter().map(|note| (quote(&String::from_utf8_lossy(&note.place)), note.reason))
    }
}
