//! Recognising secrets that copy and paste has spoiled.

use super::{SecretError, WHSEC};

/// Refuses a string that cannot be a secret as the dashboard shows it.
pub(super) fn check(text: &str) -> Result<(), SecretError> {
    if text.is_empty() {
        return Err(SecretError::Empty);
    }
    // Before the check for white space, which such a character may hide.
    if text.chars().any(is_invisible) {
        return Err(SecretError::InvisibleCharacter);
    }
    match text.trim() {
        "" => return Err(SecretError::Blank),
        trimmed if trimmed.len() != text.len() => return Err(SecretError::SurroundingWhitespace),
        _ => {}
    }
    if text.starts_with(is_quote) || text.ends_with(is_quote) {
        return Err(SecretError::Quoted);
    }
    if is_assignment(text) {
        return Err(SecretError::Assignment);
    }
    if is_placeholder(text) {
        return Err(SecretError::Placeholder);
    }
    Ok(())
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\0' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'' | '`' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}')
}

/// Whether the name of a variable precedes the secret. Base64 padding may also put a `=` after capital letters, so
/// either the name must look like that of a variable, or the value like a secret.
fn is_assignment(text: &str) -> bool {
    let text = text.strip_prefix("export ").unwrap_or(text);
    let Some((name, value)) = text.split_once('=') else { return false };
    let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_variable = name.contains('_') && !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let value = value.trim_start_matches(is_quote);
    is_name && !value.trim_matches('=').is_empty() && (is_variable || value.starts_with(WHSEC))
}

/// Whether this is only the prefix, or has the dots or stars that documents and masked displays put in a secret's
/// place.
fn is_placeholder(text: &str) -> bool {
    let stands_for_more = |character: char| matches!(character, '.' | '\u{2026}' | '*' | '\u{2022}' | 'x' | 'X');
    let masked = |text: &str| text.chars().all(stands_for_more);
    text.strip_prefix(WHSEC).is_some_and(masked) || masked(text) || (text.starts_with('<') && text.ends_with('>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_a_secret() {
        let cases = [
            ("", SecretError::Empty),
            (" ", SecretError::Blank),
            ("\t\r\n", SecretError::Blank),
            (" whsec_1", SecretError::SurroundingWhitespace),
            ("whsec_1\n", SecretError::SurroundingWhitespace),
            ("whsec_1\u{a0}", SecretError::SurroundingWhitespace),
            ("\"whsec_test\"", SecretError::Quoted),
            ("'whsec_test'", SecretError::Quoted),
            ("whsec_test\"", SecretError::Quoted),
            ("\u{201c}whsec_test\u{201d}", SecretError::Quoted),
            ("\u{feff}whsec_test", SecretError::InvisibleCharacter),
            ("whsec_test\u{200b}", SecretError::InvisibleCharacter),
            ("whsec_\u{200b}test", SecretError::InvisibleCharacter),
            ("\u{feff} whsec_test", SecretError::InvisibleCharacter),
            ("QRSTUDIO_WEBHOOK_SECRET=whsec_test", SecretError::Assignment),
            ("NAME=whsec_test", SecretError::Assignment),
            ("secret=\"whsec_test", SecretError::Assignment),
            ("export SECRET_TOKEN=abc", SecretError::Assignment),
            ("whsec_...", SecretError::Placeholder),
            ("whsec_", SecretError::Placeholder),
            ("whsec_\u{2022}\u{2022}\u{2022}", SecretError::Placeholder),
            ("whsec_xxxxxxxx", SecretError::Placeholder),
            ("...", SecretError::Placeholder),
            ("<your secret>", SecretError::Placeholder),
        ];
        for (text, expected) in cases {
            assert_eq!(check(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn accepts_whatever_a_platform_may_show() {
        for text in ["whsec_test", "one two", "AbCd==", "AB=CD", "key=value", "it's", "whsec_a.b", "\u{43a}\u{43b}"] {
            assert_eq!(check(text), Ok(()), "{text:?}");
        }
    }
}
