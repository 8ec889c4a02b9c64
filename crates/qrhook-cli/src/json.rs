//! JSON as text, for data that must stay as it was sent.

use std::borrow::Cow;

use serde::Serialize;

/// A JSON object of strings, in which repeated names stay repeated.
pub(crate) fn object<'a>(fields: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> String {
    let mut object = String::from("{");
    for (name, value) in fields {
        push_member(&mut object, &name, &of(&*value));
    }
    object.push('}');
    object
}

/// Removes the white space between the tokens of JSON, and changes nothing else.
pub(crate) fn compact(text: &str) -> String {
    let mut compact = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for character in text.chars() {
        if !quoted && character.is_ascii_whitespace() {
            continue;
        }
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ => {}
        }
        compact.push(character);
    }
    compact
}

/// Adds a member to an unfinished object.
pub(crate) fn push_member(object: &mut String, name: &str, value: &str) {
    if object.len() > 1 {
        object.push(',');
    }
    object.push_str(&of(name));
    object.push(':');
    object.push_str(value);
}

/// The JSON of a value that always has one.
pub(crate) fn of(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// Escapes the characters at which some readers end a line, although JSON allows them in strings.
pub(crate) fn one_line(line: String) -> String {
    const BREAKS: [(char, &str); 3] = [('\u{85}', "\\u0085"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")];
    BREAKS.iter().fold(
        line,
        |line, (character, escape)| {
            if line.contains(*character) { line.replace(*character, escape) } else { line }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compacts_and_changes_nothing_else() {
        let cases = [
            ("{ \"a\" : 1 ,\r\n\t\"a\":1.0e+400 }", "{\"a\":1,\"a\":1.0e+400}"),
            ("\"  \\\" \\\\\"", "\"  \\\" \\\\\""),
            ("[ \"\\\\\" , 12345678901234567890123 ]", "[\"\\\\\",12345678901234567890123]"),
            ("null", "null"),
        ];
        for (text, expected) in cases {
            assert_eq!(compact(text), expected);
        }
    }

    #[test]
    fn no_reader_sees_a_second_line() {
        assert_eq!(one_line("\"a\u{2028}b\u{85}c\u{2029}\"".to_owned()), "\"a\\u2028b\\u0085c\\u2029\"");
    }
}
