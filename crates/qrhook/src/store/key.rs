//! The key of an event in a store.

use std::fmt;

use sha2::{Digest, Sha256};

/// The key of an event in a store.
///
/// It is the first 16 bytes of SHA-256 over `qrhook1`, the sender, the endpoint and the id, each preceded by its length
/// in bytes (64 bits, big-endian). The format stays the same in every version, because a new one would make every store
/// forget its handled ids.
///
/// # Example
///
/// ```
/// use qrhook::store::Key;
///
/// let key = Key::new("qrstudio", "crm-sync", b"evt_1");
/// assert_eq!(key.to_string(), "f9d6058b98f24d06fd9ecfc9f997960a");
///
/// // Endpoints that share a store do not share ids.
/// assert_ne!(key, Key::new("qrstudio", "dashboard", b"evt_1"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 16]);

impl Key {
    /// Computes the key of an event from its sender, endpoint and id.
    pub fn new(sender: &str, endpoint: &str, id: &[u8]) -> Self {
        Self::of(&Origin { sender, endpoint, tenant: None }, id, None)
    }

    /// Computes the key of one occurrence of an id that its sender reuses. The occurrence (32 bits, big-endian) is a
    /// further part at the end.
    pub fn with_occurrence(sender: &str, endpoint: &str, id: &[u8], occurrence: u32) -> Self {
        Self::of(&Origin { sender, endpoint, tenant: None }, id, Some(occurrence))
    }

    /// Computes the key of an event of a [tenant](crate::tenant).
    ///
    /// Its first part is `qrhook1-tenant` instead of `qrhook1`, and the tenant stands before the id. So no name of a
    /// tenant leads to a key of another one, or of a hook without tenants.
    pub fn of_tenant(sender: &str, endpoint: &str, tenant: &str, id: &[u8]) -> Self {
        Self::of(&Origin { sender, endpoint, tenant: Some(tenant) }, id, None)
    }

    /// Computes the key of an event, or of one occurrence of its id.
    pub(crate) fn of(origin: &Origin<'_>, id: &[u8], occurrence: Option<u32>) -> Self {
        let Origin { sender, endpoint, tenant } = *origin;
        let format: &[u8] = if tenant.is_some() { b"qrhook1-tenant" } else { b"qrhook1" };
        let (tenant, occurrence) = (tenant.map(str::as_bytes), occurrence.map(u32::to_be_bytes));
        let hook = [format, sender.as_bytes(), endpoint.as_bytes()];
        let event = tenant.into_iter().chain([id]).chain(occurrence.as_ref().map(<[u8; 4]>::as_slice));
        Self(first_bytes(hook.into_iter().chain(event)))
    }

    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key as bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The hook that an event belongs to.
pub(crate) struct Origin<'a> {
    pub(crate) sender: &'a str,
    pub(crate) endpoint: &'a str,
    pub(crate) tenant: Option<&'a str>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Lower-case hex, for searching a store.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&const_hex::encode(self.0))
    }
}

/// Computes 32 bits over an event's type and creation time. They distinguish two events with the same id.
pub(crate) fn occurrence(event_type: Option<&str>, created_at: Option<&str>) -> u32 {
    let parts = [event_type.unwrap_or_default().as_bytes(), created_at.unwrap_or_default().as_bytes()];
    u32::from_be_bytes(first_bytes(parts.into_iter()))
}

/// Computes the substitute for an id of an event that has none: a digest of its fields, sorted by name.
pub(crate) fn fingerprint(fields: &[(&[u8], &[u8])]) -> [u8; 32] {
    first_bytes(fields.iter().flat_map(|&(name, value)| [name, value]))
}

/// The first bytes of SHA-256 over these parts, each preceded by its length. Without the lengths, `ab`, `c` and `a`,
/// `bc` would be the same.
fn first_bytes<'a, const N: usize>(parts: impl Iterator<Item = &'a [u8]>) -> [u8; N] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    let mut bytes = [0; N];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(byte, digest)| *byte = digest);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's `hashlib`: `sha256(b"".join(len(p).to_bytes(8, "big") + p for p in parts))`.
    #[test]
    fn keys_and_digests_do_not_change() {
        let key = Key::new("qrstudio", "crm-sync", b"evt_1");
        assert_eq!(key.to_string(), "f9d6058b98f24d06fd9ecfc9f997960a");
        let key = Key::with_occurrence("qrstudio", "crm-sync", b"evt_1", 0x0102_0304);
        assert_eq!(key.to_string(), "10dd4471059ad612b46ef843cf3eff99");
        let key = Key::of_tenant("qrstudio", "crm-sync", "acme", b"evt_1");
        assert_eq!(key.to_string(), "ea71eecf564eae7945a514071357ab4d");
        let origin = Origin { sender: "qrstudio", endpoint: "crm-sync", tenant: Some("acme") };
        let key = Key::of(&origin, b"evt_1", Some(0x0102_0304));
        assert_eq!(key.to_string(), "d8e106c554a8852314a1571b9789d11d");
        assert_eq!(occurrence(Some("scan.created"), Some("2026-05-09T14:01:23Z")), 0x93db_a016);
        assert_eq!(
            const_hex::encode(fingerprint(&[(b"a", b"1"), (b"b", b"")])),
            "8d792d649dace668665ca2144af2648966377651fefd588cc0ec0b9731479143"
        );
    }

    #[test]
    fn the_borders_of_the_parts_count() {
        let keys = [
            Key::new("a", "b", b"cd"),
            Key::new("a", "bc", b"d"),
            Key::new("ab", "c", b"d"),
            Key::new("a", "b", b"cd\0"),
            Key::new("a", "b", b"CD"),
            Key::with_occurrence("a", "b", b"cd", 0),
            // The same parts as the next one.
            Key::with_occurrence("a", "b", b"c", u32::from_be_bytes(*b"dddd")),
            Key::of_tenant("a", "b", "c", b"dddd"),
            Key::of_tenant("a", "b", "cd", b"ddd"),
            Key::of_tenant("a", "bc", "d", b"ddd"),
            Key::of_tenant("a", "b", "", b"cd"),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
    }
}
