//! The reasons why a request is not verified.

use std::{fmt, time::Duration};

use http::HeaderName;

use super::{Credential, SignatureProblem};
use crate::{body::BodyProblem, time::UnixTime};

/// The reason why a request did not become a delivery.
///
/// No variant holds the secret, the token, the expected signature or the body, so an error may be logged.
///
/// # Example
///
/// ```
/// use qrhook::{Secrets, UnixTime, VerifyError, qrstudio::QrStudio};
///
/// let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
/// let headers = [("Content-Type", "application/json")];
///
/// let error = qrhook::verify::<QrStudio>(headers, "{}", &secrets, UnixTime::now()).unwrap_err();
/// assert!(matches!(error, VerifyError::MissingSignature { .. }));
/// assert_eq!(error.reason(), "missing-signature");
/// assert_eq!(error.to_string(), "the request has no `x-qrstudio-signature` header");
/// # Ok::<(), qrhook::SecretError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is no signature header.
    MissingSignature {
        /// The header that should hold it.
        header: HeaderName,
    },
    /// There is more than one signature header.
    RepeatedHeader {
        /// The header.
        header: HeaderName,
    },
    /// The signature header does not have this sender's format.
    MalformedSignature {
        /// The header.
        header: HeaderName,
        /// The defect in its value.
        problem: SignatureProblem,
    },
    /// No signature in the header matches this body under any of the secrets.
    SignatureMismatch,
    /// The signature matches, but is older than the window allows.
    Stale {
        /// The signed time.
        signed_at: UnixTime,
        /// The receiver's clock.
        now: UnixTime,
        /// The greatest age that is accepted.
        tolerance: Duration,
    },
    /// The signature matches, but its time is further in the future than the window allows.
    Future {
        /// The signed time.
        signed_at: UnixTime,
        /// The receiver's clock.
        now: UnixTime,
        /// The greatest lead that is accepted.
        tolerance: Duration,
    },
    /// The tenant that the request names is not known.
    UnknownTenant,
    /// The form has no token.
    MissingToken {
        /// The field that should hold it.
        field: &'static str,
    },
    /// The form has the token's field more than once.
    RepeatedField {
        /// The field.
        field: &'static str,
    },
    /// The token does not equal any of the secrets.
    TokenMismatch {
        /// The field.
        field: &'static str,
    },
    /// The request has no credential in the sender's place.
    MissingCredential {
        /// The place.
        credential: Credential,
    },
    /// The credential does not equal any of the secrets.
    CredentialMismatch {
        /// The place.
        credential: Credential,
    },
    /// The body, or its declared length, is larger than this verifier accepts.
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The content type is not one that this sender's forms can have.
    UnsupportedMediaType,
    /// The request is authentic, but its body is not a usable event.
    UnusableBody(BodyProblem),
}

impl VerifyError {
    /// Returns the reason as one word: a stable name for logs, metrics and scripts.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::MissingSignature { .. } => "missing-signature",
            Self::RepeatedHeader { .. } => "repeated-header",
            Self::MalformedSignature { .. } => "malformed-signature",
            Self::SignatureMismatch => "signature-mismatch",
            Self::Stale { .. } => "stale",
            Self::Future { .. } => "future",
            Self::UnknownTenant => "unknown-tenant",
            Self::MissingToken { .. } => "missing-token",
            Self::RepeatedField { .. } => "repeated-field",
            Self::TokenMismatch { .. } => "token-mismatch",
            Self::MissingCredential { .. } => "missing-credential",
            Self::CredentialMismatch { .. } => "credential-mismatch",
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
            Self::SignatureMismatch => f.write_str("no signature matches this body under any of the secrets"),
            Self::Stale { signed_at, now, tolerance } => {
                let age = now.since(*signed_at).as_secs();
                let limit = tolerance.as_secs();
                let (signed_at, now) = (signed_at.with_date(), now.with_date());
                write!(f, "signed {age} s ago, at {signed_at}, but at most {limit} s are accepted; now is {now}")
            }
            Self::Future { signed_at, now, tolerance } => {
                let ahead = signed_at.since(*now).as_secs();
                let limit = tolerance.as_secs();
                let (signed_at, now) = (signed_at.with_date(), now.with_date());
                write!(f, "signed {ahead} s ahead, at {signed_at}, but at most {limit} s are accepted; now is {now}")
            }
            Self::UnknownTenant => f.write_str("the request names no tenant that is known"),
            Self::MissingToken { field } => write!(f, "the form has no `{field}`"),
            Self::RepeatedField { field } => write!(f, "the form has more than one `{field}`"),
            Self::TokenMismatch { field } => write!(f, "`{field}` does not equal any of the secrets"),
            Self::MissingCredential { credential } => write!(f, "there is no usable credential in {credential}"),
            Self::CredentialMismatch { credential } => {
                write!(f, "the credential in {credential} does not equal any of the secrets")
            }
            Self::BodyTooLarge { limit } => write!(f, "the body is larger than {limit} bytes"),
            Self::UnsupportedMediaType => {
                f.write_str("the content type is not that of a url-encoded form, a multipart form or JSON")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_with_their_dates() {
        let at = UnixTime::from_secs;
        let tolerance = Duration::from_secs(300);
        let cases = [
            (
                VerifyError::Stale { signed_at: at(1_778_335_283), now: at(1_778_335_683), tolerance },
                "signed 400 s ago, at 1778335283 (2026-05-09T14:01:23Z), but at most 300 s are accepted; \
                 now is 1778335683 (2026-05-09T14:08:03Z)",
            ),
            (
                VerifyError::Future { signed_at: at(999_999_999_999), now: at(0), tolerance },
                "signed 999999999999 s ahead, at 999999999999, but at most 300 s are accepted; \
                 now is 0 (1970-01-01T00:00:00Z)",
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(error.to_string(), expected);
        }
    }
}
