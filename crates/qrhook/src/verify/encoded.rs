//! Decoding the text of a MAC.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::scheme::Encoding;

/// Decodes exactly 32 bytes.
pub(super) fn decode(text: &[u8], encoding: Encoding) -> Option<[u8; 32]> {
    match encoding {
        // In either case. The decoder would accept a leading `0x`.
        Encoding::Hex => (text.len() == 64).then(|| const_hex::decode_to_array(text).ok())?,
        Encoding::Base64 => {
            // The decoder needs room for whole groups of three bytes.
            let mut bytes = [0; 33];
            let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
            bytes.get(..length)?.try_into().ok()
        }
    }
}
