//! Hints at the cause of a failed proof: from what anybody can see, and from the secrets that were replaced lately.

use http::{HeaderName, header};

use crate::{
    secret::{Replaced, SecretError},
    time::UnixTime,
    verify::{Found, Headers, VerifyError},
};

/// Headers of other senders' signatures.
static OTHER_SIGNATURES: [HeaderName; 6] = [
    HeaderName::from_static("x-qrstudio-signature"),
    HeaderName::from_static("codeqr-signature"),
    HeaderName::from_static("webhook-signature"),
    HeaderName::from_static("svix-signature"),
    HeaderName::from_static("stripe-signature"),
    HeaderName::from_static("x-hub-signature-256"),
];

/// The senders that `qrhook doctor` knows.
const DIAGNOSED: [&str; 3] = ["qrstudio", "codeqr", "qrplanet"];

/// The cause that a rejected request suggests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hint {
    /// The request is signed with a secret that was replaced, or is past its time.
    Replaced(Replaced),
    /// The secrets were replaced at this time, and no request has matched since.
    Unproven(UnixTime),
    /// The secret at this position cannot be a key of the sender.
    Unusable { position: usize, reason: SecretError },
    /// The request has this header, so it may be another sender's.
    OtherSignature(&'static HeaderName),
    /// The body has a content encoding, and a proxy may have changed the one without the other.
    Encoded,
    /// The body begins with a byte order mark, which no sender writes.
    ByteOrderMark,
    /// Nothing that shows without the secret.
    Nothing,
}

/// The features of a body that hints use.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shape {
    byte_order_mark: bool,
}

impl Shape {
    pub(super) fn of(body: &[u8]) -> Self {
        Self { byte_order_mark: body.starts_with(b"\xef\xbb\xbf") }
    }
}

impl Hint {
    /// Returns the hint for a failed proof; `None` if the error is not a failed proof, or explains itself.
    pub(super) fn at(error: &VerifyError, headers: &impl Headers, shape: Shape) -> Option<Self> {
        let has = |name: &HeaderName| headers.find(name) != Found::Missing;
        match error {
            VerifyError::MissingSignature { .. } => {
                Some(OTHER_SIGNATURES.iter().find(|name| has(name)).map_or(Self::Nothing, Self::OtherSignature))
            }
            VerifyError::SignatureMismatch if shape.byte_order_mark => Some(Self::ByteOrderMark),
            VerifyError::SignatureMismatch if has(&header::CONTENT_ENCODING) => Some(Self::Encoded),
            VerifyError::SignatureMismatch
            | VerifyError::MalformedSignature { .. }
            | VerifyError::RepeatedHeader { .. }
            | VerifyError::MissingToken { .. }
            | VerifyError::RepeatedField { .. }
            | VerifyError::TokenMismatch { .. }
            | VerifyError::MissingCredential { .. }
            | VerifyError::CredentialMismatch { .. } => Some(Self::Nothing),
            _ => None,
        }
    }

    /// The hint for the log. `None` if there is nothing to say about this sender.
    pub(super) fn text(self, sender: &str) -> Option<String> {
        let found = match self {
            Self::Replaced(Replaced { label, since }) => {
                let secret = label.map_or_else(|| "a secret".to_owned(), |label| format!("the secret \"{label}\""));
                let since = since.with_date();
                return Some(format!(
                    "signed with {secret}, which has not been accepted since {since}: is the new one in use at the platform?"
                ));
            }
            Self::Unproven(since) => {
                let since = since.with_date();
                format!("no request has matched since the secrets were replaced at {since}: is the new one right? ")
            }
            Self::Unusable { position, reason } => {
                format!("the secret at position {position} proves nothing: {reason}. ")
            }
            Self::OtherSignature(name) => format!("the request has a `{name}` header: is this another sender's hook? "),
            Self::Encoded => "the request has a content encoding: a proxy may have changed the body. ".to_owned(),
            Self::ByteOrderMark => "the body begins with a byte order mark, which a tool may have added. ".to_owned(),
            Self::Nothing => String::new(),
        };
        let doctor = DIAGNOSED.contains(&sender).then(|| format!("try `qrhook doctor {sender}`"));
        let text = doctor.map_or_else(|| found.trim_end().to_owned(), |doctor| format!("{found}{doctor}"));
        Some(text).filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doctor_is_named_only_for_senders_that_it_knows() {
        let encoded = "the request has a content encoding: a proxy may have changed the body.";
        assert_eq!(Hint::Nothing.text("codeqr").as_deref(), Some("try `qrhook doctor codeqr`"));
        assert_eq!(Hint::Nothing.text("acme"), None);
        assert_eq!(Hint::Encoded.text("acme").as_deref(), Some(encoded));
        assert_eq!(Hint::Encoded.text("codeqr"), Some(format!("{encoded} try `qrhook doctor codeqr`")));
    }
}
