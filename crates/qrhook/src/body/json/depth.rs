//! A limit on the nesting of JSON.

use crate::body::BodyProblem;

/// The deepest nesting that is accepted. It also applies to values that are only kept or skipped: code that reads them
/// later may recurse.
const DEPTH: usize = 128;

/// Refuses JSON that is nested too deeply.
pub(crate) fn check_depth(text: &str) -> Result<(), BodyProblem> {
    // Most bodies do not have that many brackets, and counting them costs almost nothing.
    let opened = |chunk: &[u8]| chunk.iter().map(|&byte| u8::from(byte | 0x20 == b'{')).fold(0, u8::wrapping_add);
    if text.as_bytes().chunks(128).map(|chunk| usize::from(opened(chunk))).fold(0, usize::wrapping_add) <= DEPTH {
        return Ok(());
    }
    let (mut rest, mut depth) = (text.as_bytes(), 0_usize);
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'"' => rest = behind_text(rest),
            b'{' | b'[' => {
                depth = depth.saturating_add(1);
                if depth > DEPTH {
                    return Err(BodyProblem::TooDeep { limit: DEPTH });
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The rest of the JSON after the string whose opening quote was just read.
fn behind_text(mut rest: &[u8]) -> &[u8] {
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest) {
        match &rest[at..] {
            [b'"', tail @ ..] => return tail,
            [_, _, tail @ ..] => rest = tail,
            _ => break,
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_the_depth_and_nothing_else() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(check_depth(&nested(128)), Ok(()));
        assert_eq!(check_depth(&nested(129)), Err(BodyProblem::TooDeep { limit: 128 }));
        assert_eq!(check_depth(&nested(100_000)), Err(BodyProblem::TooDeep { limit: 128 }));
        assert_eq!(check_depth(&format!("[{}0]", "{},".repeat(1000))), Ok(()), "wide is not deep");
        assert_eq!(check_depth(&format!("[\"\\\"{}\"]", "[".repeat(1000))), Ok(()), "text is not depth");
        assert_eq!(check_depth(&"[".repeat(256 * 128)), Err(BodyProblem::TooDeep { limit: 128 }), "no counter wraps");
    }
}
