//! The secrets that a spoiled one may stand for.

use super::note::Note;

const PREFIX: &str = "whsec_";

/// A key, and the mistakes that lead from it to the configured text.
pub(super) struct Key {
    pub(super) bytes: Vec<u8>,
    pub(super) notes: Vec<Note>,
}

/// The text as it is, then the texts that it may have been before a mistake, the simple ones first.
pub(super) fn keys(text: &str) -> Vec<Key> {
    let mut keys = vec![Key { bytes: text.as_bytes().to_vec(), notes: Vec::new() }];
    let (clean, cleaned) = clean(text);
    if !cleaned.is_empty() {
        keys.push(Key { bytes: clean.as_bytes().to_vec(), notes: cleaned.clone() });
    }
    let mut add = |bytes: Vec<u8>, note: Note| {
        let mut notes = cleaned.clone();
        notes.push(note);
        keys.push(Key { bytes, notes });
    };
    match clean.strip_prefix(PREFIX) {
        Some(rest) => {
            add(rest.as_bytes().to_vec(), Note::SecretHasExtraPrefix);
            if let Some(decoded) = super::base64::decode(rest) {
                add(decoded, Note::SecretWasDecoded);
            }
        }
        None => {
            add(format!("{PREFIX}{clean}").into_bytes(), Note::SecretLacksPrefix);
            add(format!("{PREFIX}{}", super::base64::encode(clean.as_bytes())).into_bytes(), Note::SecretWasDecoded);
        }
    }
    keys
}

/// Takes off what copy and paste adds.
fn clean(text: &str) -> (String, Vec<Note>) {
    let mut notes = Vec::new();
    let mut clean: String = text.chars().filter(|character| !is_invisible(*character)).collect();
    if clean.len() != text.len() {
        notes.push(Note::SecretHasInvisibleCharacters);
    }
    // Escaped line breaks are left by files that are not read by a shell.
    let stripped = clean.trim_end_matches(['\r', '\n']);
    let stripped = stripped.strip_suffix("\\n").unwrap_or(stripped);
    let stripped = stripped.strip_suffix("\\r").unwrap_or(stripped);
    if stripped.len() != clean.len() {
        notes.push(Note::SecretHasLineBreak);
        clean = stripped.to_owned();
    }
    let name = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let trimmed = clean.trim().trim_start_matches("export ").to_owned();
    if let Some((_, value)) = trimmed.split_once('=').filter(|(before, after)| name(before) && !after.is_empty()) {
        notes.push(Note::SecretIsAssignment);
        clean = value.to_owned();
    }
    // White space, then quotes, then the white space inside of them.
    for round in 0..3 {
        let (note, shorter) = match round {
            1 => (Note::SecretHasQuotes, clean.trim_matches(QUOTES)),
            _ => (Note::SecretHasWhiteSpace, clean.trim()),
        };
        if shorter.len() != clean.len() {
            if !notes.contains(&note) {
                notes.push(note);
            }
            clean = shorter.to_owned();
        }
    }
    (clean, notes)
}

const QUOTES: [char; 7] = ['"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'];

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\0' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}
