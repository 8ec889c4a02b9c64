//! How a sender proves that a request is its own, as data.

use http::HeaderName;

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

/// How the value of a signature header is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureFormat {
    /// 64 hexadecimal digits: the MAC of the raw body.
    Hex,
    /// The same behind a fixed prefix, such as `sha256=`.
    PrefixedHex(&'static str),
    /// `t=<seconds>,v1=<hex>`: the MAC of the text of `t`, a full stop and the raw body. Several `v1` may stand in
    /// one header, and items with other names are ignored.
    Timestamped,
}

impl SignatureFormat {
    /// Whether the signature covers a time, which a [window](super::Window) then applies to.
    pub(crate) const fn signs_time(self) -> bool {
        matches!(self, Self::Timestamped)
    }
}
