//! Comparing tokens, in constant time.

use subtle::ConstantTimeEq;

use crate::{
    secret::{self, Secret},
    time::UnixTime,
};

/// The position of the first secret that equals this token. All secrets are compared, by their digests, so that the
/// time taken reveals neither the length nor the position of a match.
pub(super) fn matching(secrets: &[Secret], token: &[u8], now: UnixTime) -> Option<usize> {
    let token = secret::digest(token);
    first(secrets, now, |secret| is(secret, &token))
}

/// The position of the first accepted secret for which this holds. It is asked of every secret.
pub(super) fn first(secrets: &[Secret], now: UnixTime, holds: impl Fn(&Secret) -> bool) -> Option<usize> {
    let hits = secrets.iter().map(|secret| holds(secret) & secret.is_accepted(now));
    hits.enumerate().fold(None, |found, (position, hit)| if hit { found.or(Some(position)) } else { found })
}

/// Whether this secret equals the token.
pub(super) fn equals(secret: &Secret, token: &[u8]) -> bool {
    is(secret, &secret::digest(token))
}

fn is(secret: &Secret, digest: &[u8; 32]) -> bool {
    secret.digest().ct_eq(digest).into()
}
