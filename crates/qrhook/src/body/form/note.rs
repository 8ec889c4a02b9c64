//! Notes on content that is not a field, or that is not passed on as it was sent, so that nothing vanishes silently.

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

    /// Notes on content that the fields do not show: a place, and what is odd there. They are meant for the
    /// [oddities](crate::event::Oddities) of the event.
    ///
    /// There is a note for each part of a multipart form that is not a field (a file, or a part without a name), for
    /// each number that JSON cannot write (`NaN`), and for each field that held the token and was masked.
    pub fn notes(&self) -> impl Iterator<Item = (String, &'static str)> {
        self.notes.iter().map(|note| (quote(&String::from_utf8_lossy(&note.place)), note.reason))
    }
}
