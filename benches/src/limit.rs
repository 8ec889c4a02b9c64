//! The lower limit: a keyed HMAC state that is cloned for each request, fed with the parts, and compared.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub struct Limit(Hmac<Sha256>);

impl Limit {
    pub fn new(secret: &str) -> Self {
        Self(Hmac::new_from_slice(secret.as_bytes()).expect("a key of any length"))
    }

    pub fn matches(&self, parts: &[&[u8]], mac: &[u8]) -> bool {
        let mut keyed = self.0.clone();
        for part in parts {
            keyed.update(part);
        }
        keyed.verify_slice(mac).is_ok()
    }

    pub fn mac(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut keyed = self.0.clone();
        for part in parts {
            keyed.update(part);
        }
        keyed.finalize().into_bytes().to_vec()
    }
}
