//! Proving that a request came from the platform.
//!
//! Verification is pure and synchronous: a [`Scheme`], secrets, headers, a body and *now* go in, and a [`Proof`] or a
//! reason comes out. This module does not know the meaning of the body; a [`Verifier`](crate::Verifier) proves a
//! request and then decodes it.
//!
//! # Example
//!
//! [`Verifier::check`](crate::Verifier::check) proves a request without decoding its event:
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
//! let proof = verifier.check(&headers, body.as_bytes(), now)?;
//! assert_eq!(proof.signed_at, Some(UnixTime::from_secs(1778335283)));
//! assert_eq!(verifier.check(&headers, b"{}", now), Err(VerifyError::SignatureMismatch));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod credential;
mod encoded;
mod error;
mod format;
mod head;
mod headers;
mod mac;
mod presented;
mod proof;
mod rules;
mod scheme;
mod signature;
mod timestamped;
mod token;
mod versioned;
mod window;

#[cfg(any(test, feature = "testing"))]
pub(crate) use self::scheme::{Encoding, KeyForm, SignatureFormat};
pub use self::{
    credential::Credential,
    error::VerifyError,
    head::Head,
    headers::{Found, Headers},
    proof::{MatchedSecret, Proof},
    scheme::{HmacScheme, Scheme},
    signature::SignatureProblem,
    window::Window,
};
pub(crate) use self::{
    rules::{Proven, Rules, Unverified, announced_length},
    scheme::Family,
};
