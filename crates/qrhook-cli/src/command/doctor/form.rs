//! The token in a form, which may be spoiled or in the wrong place.

use super::{
    note::Note,
    search::{Configured, Found},
    secret,
};

const FIELD: &str = "secrettoken";

/// Compares the tokens in the form with the secrets.
pub(super) fn search(body: &[u8], secrets: &[Configured]) -> Found {
    let mut found = Found { notes: None, tried: 0, cut_short: false };
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let mut best: Option<Vec<Note>> = None;
    for (name, value) in &fields {
        for (token, mut spelling) in spellings(value) {
            if name != FIELD {
                if !name.eq_ignore_ascii_case(FIELD) {
                    continue;
                }
                spelling.push(Note::FormWasReencoded);
            }
            for Configured { variable, text, expected } in secrets {
                for key in secret::keys(text) {
                    found.tried = found.tried.saturating_add(1);
                    if key.bytes == token.as_bytes() {
                        let mut notes = [&key.notes[..], &spelling[..]].concat();
                        if !expected {
                            notes.insert(0, Note::OtherVariable(variable.clone()));
                        }
                        if best.as_ref().is_none_or(|best| notes.len() < best.len()) {
                            best = Some(notes);
                        }
                    }
                }
            }
        }
    }
    found.notes = best;
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
