//! A sender that is a value: described while the program runs, for example by a file.

use super::{Content, Decoded, Policy, Provider, Scheme};
use crate::{
    body::BodyProblem,
    event::{Layout, PlainEvent},
};

/// A JSON sender that is described by a value.
///
/// A sender that is known when the program is written is better a type of its own: see the [module page](super). Then
/// the compiler keeps the receivers of two senders apart, and the data can have a type.
///
/// The names in a description last as long as the program. Leak those that are read while it runs, with
/// [`String::leak`]; there are only a few, once for each sender.
///
/// # Example
///
/// ```
/// use http::HeaderName;
/// use qrhook::event::Layout;
/// use qrhook::provider::{HmacScheme, PlainSender, Policy};
/// use qrhook::{Secrets, Verifier};
///
/// let scheme = HmacScheme::new(HeaderName::from_static("x-acme-signature"));
/// let layout = Layout::new().with_id("/id").with_type("/event").with_data("/data");
/// let acme = PlainSender::new("acme", scheme, layout).with_policy(Policy::JSON.with_body_limit(64 * 1024));
///
/// // Or a receiver, with `Receiver::builder_of(acme, ..)`.
/// let verifier = Verifier::of(acme, Secrets::one("s3cret")?);
/// assert_eq!((verifier.sender(), verifier.body_limit()), ("acme", 64 * 1024));
/// # Ok::<(), qrhook::SecretError>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct PlainSender {
    name: &'static str,
    scheme: Scheme,
    layout: Layout,
    policy: Policy,
}

impl PlainSender {
    /// A sender of this name, which proves its requests by this scheme, and whose events have this layout. Its policy is
    /// [`Policy::JSON`].
    pub fn new(name: &'static str, scheme: impl Into<Scheme>, layout: Layout) -> Self {
        Self { name, scheme: scheme.into(), layout, policy: Policy::JSON }
    }

    /// Sets the policy.
    pub fn with_policy(self, policy: Policy) -> Self {
        Self { policy, ..self }
    }
}

impl Provider for PlainSender {
    type Event = PlainEvent;

    fn name(&self) -> &'static str {
        self.name
    }

    fn policy(&self) -> Policy {
        self.policy
    }

    fn scheme(&self) -> Scheme {
        self.scheme.clone()
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<PlainEvent>, BodyProblem> {
        PlainEvent::decode(content, &self.layout)
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, Method};

    use super::*;
    use crate::{Head, Secrets, UnixTime, Verifier, VerifyError, provider::Credential, provider::HmacScheme};

    const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);
    const BODY: &str = r#"{"id":7,"event":"scan","at":"2026-05-09T14:01:23Z","data":{"code":"a"}}"#;

    fn sender(scheme: impl Into<Scheme>) -> PlainSender {
        let layout = Layout::new().with_id("/id").with_type("/event").with_created_at("/at").with_data("/data");
        PlainSender::new("acme", scheme, layout)
    }

    fn verifier(scheme: impl Into<Scheme>) -> Verifier<PlainSender> {
        Verifier::of(sender(scheme), Secrets::one("user:s3cret").unwrap())
    }

    #[test]
    fn a_description_reads_the_parts_of_an_event() {
        let scheme =
            HmacScheme::new(HeaderName::from_static("x-acme")).with_time_header(HeaderName::from_static("x-at"));
        let policy = Policy::JSON.with_body_limit(100);
        let described = sender(scheme).with_policy(policy);
        let headers = [("X-Acme", "00f1e2"), ("x-at", "1778335283")];
        let verifier = Verifier::of(described, Secrets::one("user:s3cret").unwrap());
        assert_eq!((verifier.sender(), verifier.body_limit()), ("acme", 100));
        assert_eq!(verifier.window(), Some(crate::provider::Window::DEFAULT), "a signed time is always checked");
        assert!(matches!(verifier.verify(headers, BODY, NOW), Err(VerifyError::MalformedSignature { .. })));
    }

    #[test]
    fn a_signature_without_a_time_is_refused_where_others_have_one() {
        let header = HeaderName::from_static;
        let scheme = HmacScheme::new(header("x-new")).with_time_header(header("x-at")).or(header("x-old"));
        let mac = crate::testing::sign_as(&sender(HmacScheme::new(header("x-old"))), "user:s3cret", None, BODY, NOW);
        assert_eq!(verifier(scheme).verify(&mac.headers, BODY, NOW).err(), Some(VerifyError::SignatureMismatch));
    }

    #[test]
    fn a_credential_is_all_that_such_a_sender_proves() {
        let token = HeaderName::from_static("x-token");
        let header = Credential::Header { name: token, prefix: "" };
        let delivery = verifier(header.clone()).verify([("X-Token", "user:s3cret")], BODY, NOW).unwrap();
        assert_eq!((delivery.sender(), delivery.id(), delivery.event_type()), ("acme", Some("7"), Some("scan")));
        assert_eq!((delivery.signed_at(), delivery.matched_secret().position), (None, 0));
        assert_eq!(delivery.raw(), BODY.as_bytes());
        assert_eq!(delivery.event().data.as_ref().map(|data| data.as_str()), Some(r#"{"code":"a"}"#));

        let refused = |headers: &[(&str, &str)]| verifier(header.clone()).verify(headers, BODY, NOW).err();
        let mismatch = Some(VerifyError::CredentialMismatch { credential: header.clone() });
        assert_eq!(refused(&[("X-Token", "user:s3creT")]), mismatch);
        assert_eq!(refused(&[]), Some(VerifyError::MissingCredential { credential: header.clone() }));
        let limited = verifier(header.clone()).with_body_limit(10);
        let too_large = limited.verify([("X-Token", "user:s3cret")], BODY, NOW);
        assert_eq!(too_large.err(), Some(VerifyError::BodyTooLarge { limit: 10 }));
        let form = verifier(header).verify([("X-Token", "user:s3cret")], "a=b", NOW);
        assert_eq!(form.err(), Some(VerifyError::UnusableBody(BodyProblem::NotAnObject)));
    }

    #[test]
    fn a_secret_in_the_path_needs_the_whole_head() {
        let verifier = verifier(Credential::Path);
        let none: [(&str, &str); 0] = [];
        let at = |path| verifier.verify_head(Head::new(&Method::POST, &none).with_path(path), BODY, NOW).map(drop);
        assert_eq!(at("/acme/user%3As3cret"), Ok(()));
        assert_eq!(at("/acme/user"), Err(VerifyError::CredentialMismatch { credential: Credential::Path }));
        let missing = VerifyError::MissingCredential { credential: Credential::Path };
        assert_eq!(at("/acme/"), Err(missing.clone()));
        assert_eq!(verifier.verify(none, BODY, NOW).err(), Some(missing));
    }
}
