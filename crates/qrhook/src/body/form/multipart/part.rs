//! One part: its headers, a blank line, its value.

use std::borrow::Cow;

use super::{after_line_end, disposition::Disposition};
use crate::body::BodyProblem;

/// The most header lines of a part. Browsers send two.
const HEADERS: usize = 32;

/// The most bytes of a part's headers.
const HEAD: usize = 8 * 1024;

pub(super) struct Part<'a> {
    /// `None` when it has no readable name.
    pub(super) name: Option<Cow<'a, [u8]>>,
    pub(super) file: bool,
    pub(super) value: &'a [u8],
}

impl<'a> Part<'a> {
    /// Reads the text between two boundaries.
    pub(super) fn read(content: &'a [u8]) -> Result<Self, BodyProblem> {
        let (mut rest, mut disposition) = (content, None);
        for _ in 0..HEADERS {
            // In a part without a value, the blank line is the line end that belongs to the boundary.
            let value = if rest.is_empty() { Some(rest) } else { after_line_end(rest) };
            if let Some(value) = value {
                let Disposition { name, file } = disposition.map(Disposition::read).unwrap_or_default();
                return Ok(Self { name, file, value });
            }
            let line;
            (line, rest) = header_line(rest).ok_or(BodyProblem::BrokenForm)?;
            let colon = memchr::memchr(b':', line).ok_or(BodyProblem::BrokenForm)?;
            let (name, value) = line.split_at(colon);
            // The first such header counts, as in PHP.
            if disposition.is_none() && name.trim_ascii().eq_ignore_ascii_case(b"content-disposition") {
                disposition = value.get(1..);
            }
            if content.len().saturating_sub(rest.len()) > HEAD {
                break;
            }
        }
        Err(BodyProblem::BrokenForm)
    }
}

/// A header with its continuation lines, which start with a blank, and the rest.
fn header_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    memchr::memchr_iter(b'\n', text)
        .map(|end| text.split_at(end.saturating_add(1)))
        .find(|(_, rest)| !matches!(rest.first(), Some(b' ' | b'\t')))
}
