//! Splitting a header of the form `t=<seconds>,v1=<hex>`, such as QR Studio's.

use super::{
    SignatureProblem, encoded,
    scheme::Encoding,
    signature::{Signature, SignedAt},
};

/// The most `v1` items of one header that are compared. A sender that rotates its secret sends two or three; without a
/// limit, a header of 64 KiB would cause a thousand comparisons.
pub(super) const CANDIDATES: usize = 8;

#[inline]
pub(super) fn read(value: &[u8], mut signature: Signature, encoding: Encoding) -> Result<Signature, SignatureProblem> {
    let (mut seen, mut rest) = (0_usize, Some(value));
    while let Some(text) = rest {
        let (item, tail) = match memchr::memchr(b',', text) {
            Some(comma) => (&text[..comma], Some(&text[comma.saturating_add(1)..])),
            None => (text, None),
        };
        let item = item.trim_ascii();
        rest = tail;
        let Some(equals) = item.iter().position(|&byte| byte == b'=') else { continue };
        let (name, text) = (&item[..equals], &item[equals.saturating_add(1)..]);
        match name {
            b"t" if signature.signed_at.is_some() => return Err(SignatureProblem::RepeatedTime),
            b"t" => signature.signed_at = Some(SignedAt::read(text).ok_or(SignatureProblem::TimeNotDigits)?),
            b"v1" if seen < CANDIDATES => {
                seen = seen.saturating_add(1);
                if let Some(mac) = encoded::decode(text, encoding) {
                    signature.push(mac);
                }
            }
            _ => {}
        }
    }
    if signature.signed_at.is_none() {
        Err(SignatureProblem::NoTime)
    } else if signature.candidates().next().is_none() {
        Err(if seen == 0 { SignatureProblem::NoSignature } else { SignatureProblem::not(encoding) })
    } else {
        Ok(signature)
    }
}
