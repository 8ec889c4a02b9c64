//! Secrets that encode their key in base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use super::{SecretError, WHSEC};

/// The bytes of a key: 24 to 64 by the specification of Standard Webhooks, and up to 75 by Svix.
const SHORTEST: usize = 24;
const LONGEST: usize = 75;

/// Decodes a secret, strictly: a spoiled one would only show up as signatures that never match.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    if text.starts_with("whsk_") || text.starts_with("whpk_") {
        return Err(SecretError::KeyPair);
    }
    let text = text.strip_prefix(WHSEC).unwrap_or(text);
    let key = Zeroizing::new(STANDARD.decode(text).map_err(|_| SecretError::NotBase64)?);
    match key.len() {
        0..SHORTEST => Err(SecretError::KeyTooShort { bytes: key.len() }),
        SHORTEST..=LONGEST => Ok(key),
        _ => Err(SecretError::KeyTooLong { bytes: key.len() }),
    }
}
