//! The token in a form, which may be spoiled or in the wrong place.

use super::{
    note::Note,
    search::{Configured, Found, keys},
    secret::Key,
};

const FIELD: &str = "secrettoken";

/// The shortest key that is looked for anywhere in the body: a shorter one could occur by accident.
const SHORTEST: usize = 8;

/// Compares the tokens in the form with the secrets.
pub(super) fn search(body: &[u8], secrets: &[Configured]) -> Found {
    let mut found = Found::NOTHING;
    let keys = keys(secrets);
    let fields: Vec<_> = form_urlencoded::parse(body).collect();
    for (name, value) in fields.iter().filter(|(name, _)| is_like_the_field(name)) {
        for (token, mut spelling) in spellings(value) {
            if name != FIELD {
                spelling.push(Note::TokenFieldWasRenamed(name.clone().into_owned()));
            }
            for key in &keys {
                found.tried = found.tried.saturating_add(1);
                if key.bytes == token.as_bytes() {
                    found.offer([&key.notes[..], &spelling[..]].concat());
                }
            }
        }
    }
    if found.notes.is_none() {
        let values = fields.iter().map(|(_, value)| value.as_bytes());
        elsewhere(&keys, [body].into_iter().chain(values), &mut found);
    }
    found
}

/// `SecretToken`, `secrettoken[]`, `secret_token` and the like.
fn is_like_the_field(name: &str) -> bool {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    letters.eq(FIELD.bytes())
}

/// Looks for the keys anywhere: in another field, or in a body that is not url-encoded.
fn elsewhere<'b>(keys: &[Key], texts: impl Iterator<Item = &'b [u8]> + Clone, found: &mut Found) {
    for key in keys.iter().filter(|key| key.bytes.len() >= SHORTEST) {
        for text in texts.clone() {
            found.tried = found.tried.saturating_add(1);
            if memchr::memmem::find(text, &key.bytes).is_some() {
                found.offer([&key.notes[..], &[Note::TokenIsElsewhere]].concat());
            }
        }
    }
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
