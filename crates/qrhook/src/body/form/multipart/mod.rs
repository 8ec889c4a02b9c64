//! `multipart/form-data` of a complete body, split at its boundary (RFC 7578, RFC 2046).
//!
//! It is read as PHP reads it, because the sender documents receivers in PHP. It is more tolerant than the standards
//! where the meaning is clear: lines may end with LF alone, and anything may come before the first boundary and after
//! the last. Everything is a slice of the body. Where PHP guesses (a missing end, a header without a colon), the form
//! is broken.

mod disposition;
mod part;

use self::part::Part;
use super::Fields;
use crate::body::BodyProblem;

const FILE: &str = "is a file, and was left out";
const UNNAMED: &str = "has no usable name, and was left out";

pub(super) fn read<'a>(body: &'a [u8], boundary: &str, fields: &mut Fields<'a>) -> Result<(), BodyProblem> {
    let boundary = format!("--{boundary}");
    let (_preamble, mut next) = split(body, boundary.as_bytes())?;
    while let Some(rest) = next {
        let content;
        (content, next) = split(rest, boundary.as_bytes())?;
        fields.count()?;
        let number = fields.seen;
        let at = || format!("part {number}").into_bytes().into();
        // A file is not a field, as in PHP, so a token in one does not count.
        match Part::read(content)? {
            Part { name: Some(name), file: false, value } => fields.push(name, value.into()),
            Part { name, file: true, .. } => fields.note(name.unwrap_or_else(at), FILE),
            Part { name: None, .. } => fields.note(at(), UNNAMED),
        }
    }
    Ok(())
}

/// Splits at the next boundary line: the text before it, and the text after it, or `None` after the last one.
///
/// The line end before the boundary belongs to the boundary. A line with more text after the boundary is content.
fn split<'a>(text: &'a [u8], boundary: &[u8]) -> Result<(&'a [u8], Option<&'a [u8]>), BodyProblem> {
    let mut line = 0;
    loop {
        let (before, here) = text.split_at(line);
        if let Some(behind) = here.strip_prefix(boundary) {
            let before = before.strip_suffix(b"\n").unwrap_or(before);
            let before = before.strip_suffix(b"\r").unwrap_or(before);
            if behind.starts_with(b"--") {
                return Ok((before, None));
            }
            let padding = behind.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if let Some(rest) = behind.get(padding..).and_then(after_line_end) {
                return Ok((before, Some(rest)));
            }
        }
        let end = memchr::memchr(b'\n', here).ok_or(BodyProblem::BrokenForm)?;
        line = line.saturating_add(end).saturating_add(1);
    }
}

/// The text after a line end; `None` when the text does not start with one.
fn after_line_end(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"\n").or_else(|| text.strip_prefix(b"\r\n"))
}

#[cfg(test)]
mod tests;
