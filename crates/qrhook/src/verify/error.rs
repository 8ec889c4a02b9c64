//! Why a request was not verified.

use std::{fmt, time::Duration};

use http::HeaderName;

use super::SignatureProblem;
use crate::{body::BodyProblem, time::UnixTime};

/// Why a request did not become a delivery.
///
/// No variant holds the secret, the token, the expected signature or the body: what is here may be logged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is no signature header.
    MissingSignature {
        /// The header that was looked for.
        header: HeaderName,
    },
    /// There is more than one signature header.
    RepeatedHeader {
        /// The header.
        header: HeaderName,
    },
    /// The signature header is not written as this sender writes it.
    MalformedSignature {
        /// The header.
        header: HeaderName,
        /// What is wrong with it.
        problem: SignatureProblem,
    },
    /// No signature in the header belongs to this body under any of the secrets.
    SignatureMismatch,
    /// The signature is right, and older than the window allows.
    Stale {
        /// The signed time.
        signed_at: UnixTime,
        /// The receiver's clock.
        now: UnixTime,
        /// The greatest age that is accepted.
        tolerance: Duration,
    },
    /// The signature is right, and further ahead than the window allows.
    Future {
        /// The signed time.
        signed_at: UnixTime,
        /// The receiver's clock.
        now: UnixTime,
        /// How far ahead is accepted.
        tolerance: Duration,
    },
    /// The form has no token.
    MissingToken {
        /// The field that was looked for.
        field: &'static str,
    },
    /// The form has the token's field more than once.
    RepeatedField {
        /// The field.
        field: &'static str,
    },
    /// The token equals none of the secrets.
    TokenMismatch {
        /// The field.
        field: &'static str,
    },
    /// The body is larger than this receiver accepts, or was announced so.
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The content type is none that this sender's forms have.
    UnsupportedMediaType,
    /// The request is authentic, but its body is no event.
    UnusableBody(BodyProblem),
}

impl VerifyError {
    /// The reason as one word: a stable name for logs, metrics and scripts.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::MissingSignature { .. } => "missing-signature",
            Self::RepeatedHeader { .. } => "repeated-header",
            Self::MalformedSignature { .. } => "malformed-signature",
            Self::SignatureMismatch => "signature-mismatch",
            Self::Stale { .. } => "stale",
            Self::Future { .. } => "future",
            Self::MissingToken { .. } => "missing-token",
            Self::RepeatedField { .. } => "repeated-field",
            Self::TokenMismatch { .. } => "token-mismatch",
            Self::BodyTooLarge { .. } => "body-too-large",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::UnusableBody(_) => "unusable-body",
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingSignature { header } => write!(f, "the request has no `{header}` header"),
            Self::RepeatedHeader { header } => write!(f, "the request has more than one `{header}` header"),
            Self::MalformedSignature { header, problem } => write!(f, "the `{header}` header is malformed: {problem}"),
            Self::SignatureMismatch => f.write_str("no signature belongs to this body under any of the secrets"),
            Self::Stale { signed_at, now, tolerance } => {
                let age = now.since(*signed_at).as_secs();
                let limit = tolerance.as_secs();
                write!(f, "signed {age} s ago at {signed_at}, and {limit} s are accepted (now is {now})")
            }
            Self::Future { signed_at, now, tolerance } => {
                let ahead = signed_at.since(*now).as_secs();
                let limit = tolerance.as_secs();
                write!(f, "signed {ahead} s ahead at {signed_at}, and {limit} s are accepted (now is {now})")
            }
            Self::MissingToken { field } => write!(f, "the form has no `{field}`"),
            Self::RepeatedField { field } => write!(f, "the form has more than one `{field}`"),
            Self::TokenMismatch { field } => write!(f, "`{field}` equals none of the secrets"),
            Self::BodyTooLarge { limit } => write!(f, "the body is larger than {limit} bytes"),
            Self::UnsupportedMediaType => {
                f.write_str("the content type is none of url-encoded form, multipart form and JSON")
            }
            Self::UnusableBody(problem) => write!(f, "authentic, but {problem}"),
        }
    }
}

impl std::error::Error for VerifyError {}

impl From<BodyProblem> for VerifyError {
    fn from(problem: BodyProblem) -> Self {
        Self::UnusableBody(problem)
    }
}
