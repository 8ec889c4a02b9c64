//! How a sender proves that a request is its own, as data.

use http::HeaderName;

use super::SignatureFormat;

/// A sender's proof.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Scheme {
    /// An HMAC-SHA256 in a header, keyed with the secret.
    Hmac {
        /// The header that carries it.
        header: HeaderName,
        /// How its value is written, and with it what is signed.
        format: SignatureFormat,
    },
    /// The secret itself, repeated in a field of the form that is the body.
    ///
    /// It proves only that the sender knows the secret: neither integrity nor freshness.
    Token {
        /// The name of the field.
        field: &'static str,
    },
}
