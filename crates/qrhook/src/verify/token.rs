//! Comparing tokens, in constant time.

use subtle::ConstantTimeEq;

use crate::secret::{self, Secret};

/// The position of the first secret that equals this token. All secrets are compared, by their digests, so that the
/// time taken reveals neither the length nor the position of a match.
pub(super) fn matching(secrets: &[Secret], token: &[u8]) -> Option<usize> {
    let token = secret::digest(token);
    let hits = secrets.iter().map(|secret| bool::from(secret.digest().ct_eq(&token)));
    hits.enumerate().fold(None, |found, (position, hit)| if hit { found.or(Some(position)) } else { found })
}
