//! The source of a request's secrets.

use std::{fmt, sync::Arc};

#[cfg(feature = "receiver")]
use super::Tenants;
use crate::secret::{Secrets, Whose};

/// The source of a hook's secrets: [`Secrets`], or [`Tenants`](super::Tenants) with secrets of their own.
///
/// Both convert into it, so there is no need to name it.
#[derive(Clone)]
pub struct SecretSource(Kind);

#[derive(Clone)]
enum Kind {
    Fixed(Fixed),
    #[cfg(feature = "receiver")]
    Tenants(Tenants),
}

/// Secrets that do not depend on the request.
#[derive(Clone)]
pub(crate) struct Fixed {
    tenant: Option<Arc<str>>,
    secrets: Secrets,
}

impl SecretSource {
    pub(crate) fn of_tenant(name: Arc<str>, secrets: Secrets) -> Self {
        Self(Kind::Fixed(Fixed { tenant: Some(name), secrets }))
    }

    /// The secrets, unless they depend on the request.
    pub(crate) fn fixed(&self) -> Option<Whose<'_>> {
        match &self.0 {
            Kind::Fixed(Fixed { tenant, secrets }) => {
                Some(Whose { secrets, tenant: tenant.as_ref(), retired: &[], known: true })
            }
            #[cfg(feature = "receiver")]
            Kind::Tenants(_) => None,
        }
    }

    /// The tenants, if there are any to choose from.
    #[cfg(feature = "receiver")]
    pub(crate) fn tenants(&self) -> Option<&Tenants> {
        match &self.0 {
            Kind::Fixed(_) => None,
            Kind::Tenants(tenants) => Some(tenants),
        }
    }
}

impl From<Secrets> for SecretSource {
    fn from(secrets: Secrets) -> Self {
        Self(Kind::Fixed(Fixed { tenant: None, secrets }))
    }
}

#[cfg(feature = "receiver")]
impl From<Tenants> for SecretSource {
    fn from(tenants: Tenants) -> Self {
        Self(Kind::Tenants(tenants))
    }
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Fixed(Fixed { tenant: None, secrets }) => secrets.fmt(f),
            Kind::Fixed(Fixed { tenant: Some(tenant), secrets }) => {
                f.debug_struct("Tenant").field("name", tenant).field("secrets", secrets).finish()
            }
            #[cfg(feature = "receiver")]
            Kind::Tenants(tenants) => tenants.fmt(f),
        }
    }
}
