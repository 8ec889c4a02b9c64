//! Decoding the hex of a MAC.

/// Decodes exactly 32 bytes, in either case.
pub(super) fn decode(hex: &[u8]) -> Option<[u8; 32]> {
    // The decoder would accept a leading `0x`.
    if hex.len() != 64 {
        return None;
    }
    const_hex::decode_to_array(hex).ok()
}
