//! The proof that a request came from the sender.

use std::sync::Arc;

use crate::{
    secret::{Secret, Secrets},
    time::UnixTime,
};

/// The proof that a request came from the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The secret that matched.
    pub secret: MatchedSecret,
    /// The tenant whose secret it is. `None` for a hook without tenants.
    pub tenant: Option<Arc<str>>,
    /// The time that the sender signed. `None` for senders that do not sign a time.
    pub signed_at: Option<UnixTime>,
    /// The id of the event, if the sender signs one in a header.
    pub id: Option<Arc<str>>,
}

/// The secret that matched: its position and label, not its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatchedSecret {
    /// Its position among the secrets, from 0.
    pub position: usize,
    /// Its label, if it has one.
    pub label: Option<Arc<str>>,
}

/// Identifies the secret whose position `find` returns, and counts its use.
pub(super) fn matched(
    secrets: &Secrets,
    now: UnixTime,
    find: impl FnOnce(&[Secret]) -> Option<usize>,
) -> Option<MatchedSecret> {
    let secrets = secrets.current();
    let position = find(&secrets)?;
    let secret = secrets.get(position)?;
    secret.count_match(now);
    Some(MatchedSecret { position, label: secret.shared_label() })
}
