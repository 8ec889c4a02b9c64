//! Splitting a header of the form `v1,<MAC> v1,<MAC>`, such as that of Standard Webhooks.

use super::{SignatureProblem, encoded, scheme::Encoding, signature::Signature};

/// The most items of the version that are compared. Svix sends up to 11 while secrets are rotated.
pub(super) const CANDIDATES: usize = 16;

pub(super) fn read(
    value: &[u8],
    version: &'static str,
    mut signature: Signature,
    encoding: Encoding,
) -> Result<Signature, SignatureProblem> {
    let mut seen = false;
    let items = value.split(|byte| *byte == b' ');
    let items = items.filter_map(|item| item.strip_prefix(version.as_bytes())?.strip_prefix(b","));
    for text in items.take(CANDIDATES) {
        seen = true;
        if let Some(mac) = encoded::decode(text, encoding) {
            signature.push(mac);
        }
    }
    if signature.candidates().next().is_some() {
        Ok(signature)
    } else if seen {
        Err(SignatureProblem::not(encoding))
    } else {
        Err(SignatureProblem::NoVersion { version })
    }
}
