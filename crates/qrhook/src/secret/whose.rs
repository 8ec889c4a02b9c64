//! Whose secrets prove a request.

use std::sync::{Arc, OnceLock};

use super::{Retired, Secret, Secrets};

/// The secrets for one request, and the tenant that they belong to.
#[derive(Clone, Copy)]
pub(crate) struct Whose<'a> {
    pub(crate) secrets: &'a Secrets,
    pub(crate) tenant: Option<&'a Arc<str>>,
    /// Secrets that others took the place of, beside those that `secrets` knows of.
    pub(crate) retired: &'a [Retired],
    /// Whether the tenant is known. The secrets of an unknown one match nothing, and cost the same time.
    pub(crate) known: bool,
}

impl Whose<'_> {
    /// Nobody's: a secret that no request can match, because nobody has ever seen it.
    pub(crate) fn nobodys() -> Self {
        static NOBODYS: OnceLock<Secrets> = OnceLock::new();
        Self { secrets: NOBODYS.get_or_init(|| Secret::random().into()), tenant: None, retired: &[], known: false }
    }
}
