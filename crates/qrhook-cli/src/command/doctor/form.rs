//! The token in a form, which may be spoiled or in the wrong place.

use super::{
    note::Note,
    search::{Configured, Found, keys},
};

const FIELD: &str = "secrettoken";

/// Compares the tokens in the form with the secrets.
pub(super) fn search(body: &[u8], secrets: &[Configured]) -> Found {
    let mut found = Found::NOTHING;
    let keys = keys(secrets);
    for (name, value) in form_urlencoded::parse(body).filter(|(name, _)| name.eq_ignore_ascii_case(FIELD)) {
        for (token, mut spelling) in spellings(&value) {
            if name != FIELD {
                spelling.push(Note::FormWasReencoded);
            }
            for key in &keys {
                found.tried = found.tried.saturating_add(1);
                if key.bytes == token.as_bytes() {
                    found.offer([&key.notes[..], &spelling[..]].concat());
                }
            }
        }
    }
    found
}

/// The token as it is, and as it was before it was encoded once more.
fn spellings(value: &str) -> Vec<(String, Vec<Note>)> {
    let mut all = vec![(value.to_owned(), Vec::new())];
    let again: Option<(_, _)> = form_urlencoded::parse(value.as_bytes()).next();
    if let Some((decoded, rest)) = again
        && rest.is_empty()
        && decoded != value
    {
        all.push((decoded.into_owned(), vec![Note::FormWasReencoded]));
    }
    all
}
