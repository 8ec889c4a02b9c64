//! A sender's way to prove that a request is its own, as data.

use http::HeaderName;

use super::Credential;

/// The method by which a sender proves that a request is its own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Scheme {
    /// An HMAC-SHA256 in a header, keyed with the secret.
    Hmac(HmacScheme),
    /// The secret itself, repeated in a field of the form in the body.
    ///
    /// It proves only that the sender knows the secret, not the integrity or freshness of the request.
    Token {
        /// The name of the field.
        field: &'static str,
    },
    /// The secret itself, repeated in the head of each request. See [`Credential`] for the little that it proves.
    Credential(Credential),
}

/// An HMAC-SHA256 in a header: where it stands, what it covers, and how the secret becomes the key.
///
/// [`new`](Self::new) is the simplest form: the hexadecimal digits of the MAC of the raw body, keyed with the text of
/// the secret. Each method changes one thing.
///
/// | The sender's header | Scheme |
/// | --- | --- |
/// | `c264cc51..` | `new(header)` |
/// | `sha256=c264cc51..` | `new(header).with_prefix("sha256=")` |
/// | `t=1778335283,v1=c264cc51..` | `new(header).with_timestamp_item()` |
/// | `v1,wmTMUc..= v1,g0hM9S..=` | `new(header).with_versions("v1").with_base64()` |
///
/// # Example
///
/// A sender with the time and the id in headers of their own, both of which are signed:
///
/// ```
/// use http::HeaderName;
/// use qrhook::provider::{HmacScheme, Scheme};
///
/// let header = HeaderName::from_static;
/// let scheme: Scheme = HmacScheme::new(header("acme-signature"))
///     .with_time_header(header("acme-timestamp"))
///     .with_id_header(header("acme-id"))
///     .with_base64()
///     .into();
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct HmacScheme {
    /// The headers of one request, in the order of preference. A request has those of one family.
    pub(crate) families: Vec<Family>,
    pub(crate) format: SignatureFormat,
    pub(crate) encoding: Encoding,
    pub(crate) key: KeyForm,
}

/// The headers of a signature.
#[derive(Debug, Clone)]
pub(crate) struct Family {
    pub(crate) signature: HeaderName,
    pub(crate) time: Option<HeaderName>,
    pub(crate) id: Option<HeaderName>,
}

/// The format of a signature header's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignatureFormat {
    /// The MAC alone.
    Bare,
    /// The MAC after a fixed prefix, such as `sha256=`.
    Prefixed(&'static str),
    /// `t=<seconds>,v1=<MAC>`.
    Timestamped,
    /// `<version>,<MAC>`, several of which are separated by blanks.
    Versioned(&'static str),
}

/// The text form of a MAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// 64 digits, in either case.
    Hex,
    /// 44 characters of the standard alphabet, with padding.
    Base64,
}

/// The way in which a secret becomes a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyForm {
    /// The text of the secret, a prefix included.
    Text,
    /// The bytes that its text encodes, after `whsec_` if it begins with that.
    Base64,
}

impl HmacScheme {
    /// The MAC of the raw body in this header, as hexadecimal digits.
    pub fn new(header: HeaderName) -> Self {
        let family = Family { signature: header, time: None, id: None };
        let (format, encoding, key) = (SignatureFormat::Bare, Encoding::Hex, KeyForm::Text);
        Self { families: vec![family], format, encoding, key }
    }

    /// Expects a fixed prefix before the MAC, such as `sha256=`.
    pub fn with_prefix(self, prefix: &'static str) -> Self {
        Self { format: SignatureFormat::Prefixed(prefix), ..self }
    }

    /// Expects items such as `t=1778335283,v1=c264cc51..`. The MAC covers the text of `t`, a full stop and the raw body.
    /// A header may hold up to 8 `v1` items, and items with other names are ignored.
    pub fn with_timestamp_item(self) -> Self {
        Self { format: SignatureFormat::Timestamped, ..self }
    }

    /// Expects a list of items that are separated by blanks, such as `v1,g0hM9S..= v2,Ceo5qE..=`. Those of other
    /// versions are ignored, and of this one up to 16 count.
    pub fn with_versions(self, version: &'static str) -> Self {
        Self { format: SignatureFormat::Versioned(version), ..self }
    }

    /// Expects the MAC in base64, with the standard alphabet and padding.
    pub fn with_base64(self) -> Self {
        Self { encoding: Encoding::Base64, ..self }
    }

    /// Expects the time of the attempt in this header, in Unix seconds. The MAC covers its text, a full stop, and what
    /// it covers otherwise.
    pub fn with_time_header(mut self, header: HeaderName) -> Self {
        self.family().time = Some(header);
        self
    }

    /// Expects the id of the event in this header. The MAC covers it, a full stop, and what it covers otherwise. The id
    /// takes the place of one in the body.
    pub fn with_id_header(mut self, header: HeaderName) -> Self {
        self.family().id = Some(header);
        self
    }

    /// Accepts another family of headers too, which begins with this signature header. The headers of its time and id
    /// follow. A request has all headers of one family; if it has both, the first one counts.
    pub fn or(mut self, header: HeaderName) -> Self {
        self.families.push(Family { signature: header, time: None, id: None });
        self
    }

    /// Uses the bytes that the secret encodes in base64, after `whsec_`, as the key. Without this, the key is the text
    /// of the secret.
    pub fn with_base64_key(self) -> Self {
        Self { key: KeyForm::Base64, ..self }
    }

    /// The family that is being described.
    fn family(&mut self) -> &mut Family {
        let last = self.families.len().saturating_sub(1);
        &mut self.families[last]
    }

    /// Whether the MAC covers a time.
    pub(crate) fn signs_time(&self) -> bool {
        self.format == SignatureFormat::Timestamped || self.families.iter().any(|family| family.time.is_some())
    }
}

impl Scheme {
    /// Whether a signature covers a time, to which a [window](super::Window) then applies.
    pub fn signs_time(&self) -> bool {
        matches!(self, Self::Hmac(scheme) if scheme.signs_time())
    }

    /// Whether a signature covers an id of the event, in a header.
    pub fn signs_id(&self) -> bool {
        matches!(self, Self::Hmac(scheme) if scheme.families.iter().any(|family| family.id.is_some()))
    }

    /// Whether the secret must encode a key in base64: see [`Secret::check_base64`](crate::Secret::check_base64).
    pub fn has_base64_key(&self) -> bool {
        matches!(self, Self::Hmac(HmacScheme { key: KeyForm::Base64, .. }))
    }
}

impl From<Credential> for Scheme {
    fn from(credential: Credential) -> Self {
        Self::Credential(credential)
    }
}

impl From<HmacScheme> for Scheme {
    fn from(scheme: HmacScheme) -> Self {
        Self::Hmac(scheme)
    }
}
