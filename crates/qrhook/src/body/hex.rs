//! Two hexadecimal digits for a byte, as in url-encoded and repaired text.

pub(super) const UPPER: &[u8; 16] = b"0123456789ABCDEF";
pub(super) const LOWER: &[u8; 16] = b"0123456789abcdef";

/// The byte that the first two digits stand for, and the rest of the text.
pub(super) fn pair(text: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = text else { return None };
    Some(((digit(*high)? << 4) | digit(*low)?, rest))
}

fn digit(byte: u8) -> Option<u8> {
    u8::try_from(char::from(byte).to_digit(16)?).ok()
}

/// Appends the two digits of a byte.
pub(super) fn push(text: &mut String, byte: u8) {
    text.extend([byte >> 4, byte & 15].map(|digit| char::from(LOWER[usize::from(digit)])));
}
