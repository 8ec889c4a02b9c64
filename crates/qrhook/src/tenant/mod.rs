//! Many customers behind one hook: each with secrets of their own, and ids that are theirs alone.
//!
//! A *tenant* is the customer whose hook it is. Its name is part of every key in the store, so equal ids of two tenants
//! are two events, and only its own secrets prove its requests.
//!
//! | You have | Use |
//! | --- | --- |
//! | a few tenants, known when the program starts | [`Receiver::for_tenant`](crate::Receiver::for_tenant), a receiver for each |
//! | tenants in a file or a list that may change | [`Tenants::listed`], a table of all of them |
//! | tenants in a database | [`Tenants::new`], which looks each one up when it is needed |
//!
//! With [`Tenants`], one receiver serves all of them at one route such as `/hooks/{tenant}`. The tenants take the place
//! of the secrets; nothing else changes: the layer, the middleware and the extractors are the same.
//!
//! # What a stranger can cause
//!
//! Anybody can name tenants. A name is looked up only if the head of the request has the form of a proof: a well-formed
//! signature header, or for QR Planet a content type. The answers are remembered, the unknown names too; both memories
//! are bounded, and so are the look-ups of unknown names per second. A request for an unknown tenant costs the same work
//! as one with a wrong signature and gets the same 401, except while the look-ups are used up or the source fails: then a
//! name that is not remembered gets a 503. See [`Limits`].

#[cfg(feature = "receiver")]
mod cache;
#[cfg(feature = "receiver")]
mod flights;
#[cfg(feature = "receiver")]
mod limits;
mod source;
#[cfg(feature = "receiver")]
mod tenants;
#[cfg(feature = "receiver")]
#[cfg(test)]
mod tests;

pub use self::source::SecretSource;
#[cfg(feature = "receiver")]
pub(crate) use self::tenants::{Found, SourceFailed};
#[cfg(feature = "receiver")]
pub use self::{limits::Limits, tenants::Tenants};

use std::sync::Arc;

use crate::{
    secret::{Retired, Secrets, Whose},
    time::UnixTime,
};

/// A tenant, and the secrets that prove its requests.
#[derive(Debug, Clone)]
pub(crate) struct Tenant {
    pub(crate) name: Arc<str>,
    pub(crate) secrets: Secrets,
    /// Secrets of an earlier look-up that are not among them.
    retired: Vec<Retired>,
}

impl Tenant {
    fn new(name: Arc<str>, secrets: Secrets) -> Self {
        Self { name, secrets, retired: Vec::new() }
    }

    /// The tenant with these secrets, in the place of an old one: secrets that stay keep their usage, and the others are
    /// retired.
    fn succeeding(old: Option<&Self>, name: &Arc<str>, secrets: Secrets) -> Self {
        let Some(old) = old else { return Self::new(Arc::clone(name), secrets) };
        secrets.continue_from(&old.secrets);
        let retired = secrets.retire(&old.secrets, &old.retired, UnixTime::now());
        Self { name: Arc::clone(name), secrets, retired }
    }

    pub(crate) fn whose(&self) -> Whose<'_> {
        Whose { secrets: &self.secrets, tenant: Some(&self.name), retired: &self.retired, known: true }
    }
}

/// The longest name of a tenant, in bytes. A longer one is unknown.
pub const LONGEST_NAME: usize = 128;

/// Whether a request can name a tenant in this way: it is not empty, not longer than [`LONGEST_NAME`], and has no control
/// characters, which are errors for some databases.
pub fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len()) && !name.contains(char::is_control)
}
