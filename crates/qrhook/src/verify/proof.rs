//! What a verified request proved.

use std::sync::Arc;

use crate::{
    secret::{Secret, Secrets},
    time::UnixTime,
};

/// What a verified request proved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The secret that matched.
    pub secret: MatchedSecret,
    /// The time that the sender signed. `None` for senders that sign no time.
    pub signed_at: Option<UnixTime>,
}

/// Which secret matched, without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatchedSecret {
    /// Its position among the secrets, from 0.
    pub position: usize,
    /// Its label.
    pub label: Option<Arc<str>>,
}

/// Finds the secret that a request was made with.
pub(super) fn matched(secrets: &Secrets, find: impl FnOnce(&[Secret]) -> Option<usize>) -> Option<MatchedSecret> {
    let secrets = secrets.current();
    let position = find(&secrets)?;
    Some(MatchedSecret { position, label: secrets.get(position).and_then(Secret::shared_label) })
}
