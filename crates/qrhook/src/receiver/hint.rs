//! Hints at the cause of a failed proof, from what anybody can see: no secret is tried.

use http::{HeaderName, header};

use crate::verify::{Found, Headers, VerifyError};

/// Headers of other senders' signatures.
static OTHER_SIGNATURES: [HeaderName; 6] = [
    HeaderName::from_static("x-qrstudio-signature"),
    HeaderName::from_static("codeqr-signature"),
    HeaderName::from_static("webhook-signature"),
    HeaderName::from_static("svix-signature"),
    HeaderName::from_static("stripe-signature"),
    HeaderName::from_static("x-hub-signature-256"),
];

/// The cause that a rejected request suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    /// The request has this header, so it may be another sender's.
    OtherSignature(&'static HeaderName),
    /// The body has a content encoding, and a proxy may have changed the one without the other.
    Encoded,
    /// The body begins with a byte order mark, which no sender writes.
    ByteOrderMark,
    /// The body ends with a line break.
    LineBreak,
    /// Nothing special.
    None,
}

/// The features of a body that hints use.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    byte_order_mark: bool,
    line_break: bool,
}

impl Shape {
    pub(super) fn of(body: &[u8]) -> Self {
        Self { byte_order_mark: body.starts_with(b"\xef\xbb\xbf"), line_break: body.ends_with(b"\n") }
    }
}

impl Hint {
    /// Returns the hint for a failed proof; `None` if the error is no failed proof, or explains itself.
    pub(super) fn at(error: &VerifyError, headers: &impl Headers, shape: Shape) -> Option<Self> {
        let has = |name: &HeaderName| headers.find(name) != Found::Missing;
        match error {
            VerifyError::MissingSignature { .. } => {
                Some(OTHER_SIGNATURES.iter().find(|name| has(name)).map_or(Self::None, Self::OtherSignature))
            }
            VerifyError::SignatureMismatch if shape.byte_order_mark => Some(Self::ByteOrderMark),
            VerifyError::SignatureMismatch if has(&header::CONTENT_ENCODING) => Some(Self::Encoded),
            VerifyError::SignatureMismatch if shape.line_break => Some(Self::LineBreak),
            VerifyError::SignatureMismatch
            | VerifyError::MalformedSignature { .. }
            | VerifyError::RepeatedHeader { .. }
            | VerifyError::MissingToken { .. }
            | VerifyError::RepeatedField { .. }
            | VerifyError::TokenMismatch { .. } => Some(Self::None),
            _ => None,
        }
    }

    pub(super) fn text(self, sender: &str) -> String {
        let found = match self {
            Self::OtherSignature(name) => format!("the request has a `{name}` header: is this another sender's hook? "),
            Self::Encoded => "the request has a content encoding: a proxy may have changed the body. ".to_owned(),
            Self::ByteOrderMark => "the body begins with a byte order mark, which a tool may have added. ".to_owned(),
            Self::LineBreak => "the body ends with a line break, which a tool may have added. ".to_owned(),
            Self::None => String::new(),
        };
        format!("{found}`qrhook doctor {sender}` finds the mistake in a captured request")
    }
}
