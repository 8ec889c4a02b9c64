//! Proving that a request came from the platform.
//!
//! Pure and synchronous: headers, body, secrets and *now* go in, a [`Delivery`] or a reason comes out.
//!
//! ```
//! use qrhook::{Secrets, UnixTime, Verifier, VerifyError, qrstudio::QrStudio};
//!
//! let verifier = Verifier::<QrStudio>::new(Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?);
//! let body = r#"{"type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
//! let headers = [(
//!     "X-QRStudio-Signature",
//!     "t=1778335283,v1=c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a",
//! )];
//! let now = UnixTime::from_secs(1778335290);
//!
//! let delivery = verifier.verify(&headers, body, now)?;
//! assert_eq!(delivery.id(), Some("evt_vector1"));
//! assert_eq!(verifier.verify(&headers, "{}", now).err(), Some(VerifyError::SignatureMismatch));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod headers;
mod mac;
mod signature;
mod verifier;

use std::sync::Arc;

use bytes::Bytes;

pub use self::{
    error::VerifyError,
    headers::{Found, Headers},
    signature::SignatureProblem,
    verifier::{Unverified, Verifier},
};
use crate::{
    delivery::Delivery,
    provider::Provider,
    secret::{Secret, Secrets},
    time::UnixTime,
};

/// Verifies one request and decodes its event: the plain function for scripts.
///
/// `headers` is a [`HeaderMap`](http::HeaderMap) or a list of names and values. The body is taken as it was received:
/// a body that was parsed and written again has another signature.
///
/// A program that verifies more than one request keeps a [`Verifier`].
///
/// # Errors
///
/// [`VerifyError`], with one variant for each reason.
pub fn verify<P: Provider>(
    headers: impl Headers,
    body: impl Into<Bytes>,
    secrets: &Secrets,
    now: UnixTime,
) -> Result<Delivery<P>, VerifyError> {
    Verifier::new(secrets.clone()).verify(headers, body, now)
}

/// What a verified request proved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The secret that matched.
    pub secret: MatchedSecret,
    /// The time that the sender signed.
    pub signed_at: Option<UnixTime>,
}

/// Which secret matched, told without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MatchedSecret {
    /// Its position among the secrets, from 0.
    pub position: usize,
    /// Its label.
    pub label: Option<Arc<str>>,
}

impl MatchedSecret {
    fn at(secrets: &[Secret], position: usize) -> Self {
        Self { position, label: secrets.get(position).and_then(Secret::shared_label) }
    }
}

#[cfg(test)]
mod tests;
