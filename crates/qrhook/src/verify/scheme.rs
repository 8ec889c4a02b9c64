//! A sender's way to prove that a request is its own, as data.

use http::HeaderName;

use super::SignatureFormat;

/// The method by which a sender proves that a request is its own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Scheme {
    /// An HMAC-SHA256 in a header, keyed with the secret.
    Hmac {
        /// The header that carries it.
        header: HeaderName,
        /// The format of its value, which also determines the bytes that are signed.
        format: SignatureFormat,
    },
    /// The secret itself, repeated in a field of the form in the body.
    ///
    /// It proves only that the sender knows the secret, not the integrity or freshness of the request.
    Token {
        /// The name of the field.
        field: &'static str,
    },
}
