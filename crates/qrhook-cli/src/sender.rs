//! A sender of any kind, as one type: a platform, another sender of the library, or one from a file.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
};

use http::HeaderValue;
use qrhook::{
    BodyProblem, Provider, Secret, Timestamp, WebhookEvent,
    event::{Identity, JsonEvent, JsonPayload, PlainEvent, Scan},
    provider::{Content, Credential, Decoded, Policy, Scheme},
    qrplanet,
};

use crate::{failure::chain, json};

/// A sender.
///
/// It is a [`Provider`] whose events have no type of their own, so that there is one receiver, one verifier and one
/// signer for all senders.
#[derive(Clone, Copy)]
pub(crate) struct Sender {
    provider: &'static dyn AnyProvider,
    variable: &'static str,
    has_ids: bool,
}

impl Sender {
    /// The sender of this provider, whose secret is in this environment variable.
    pub(crate) const fn new(provider: &'static dyn AnyProvider, variable: &'static str) -> Self {
        Self { provider, variable, has_ids: true }
    }

    /// The same sender, if its events have no ids and nothing else that tells two of them apart.
    pub(crate) const fn without_ids(self) -> Self {
        Self { has_ids: false, ..self }
    }

    /// Whether a repeat can be told from another event.
    pub(crate) const fn has_ids(self) -> bool {
        self.has_ids
    }

    /// The name in arguments, paths and events.
    pub(crate) fn name(self) -> &'static str {
        self.provider.name()
    }

    /// The default environment variable of the secret.
    pub(crate) const fn variable(self) -> &'static str {
        self.variable
    }

    /// Whether the secret is in a form in the body.
    pub(crate) fn sends_forms(self) -> bool {
        matches!(self.scheme(), Scheme::Token { .. })
    }

    /// The place of the secret, if the sender repeats it in each request instead of signing.
    pub(crate) fn credential(self) -> Option<Credential> {
        match self.scheme() {
            Scheme::Credential(credential) => Some(credential),
            _ => None,
        }
    }

    /// Checks that this can be a secret of the sender.
    pub(crate) fn check(self, secret: &Secret, text: &str) -> Result<(), String> {
        match self.scheme() {
            scheme if scheme.has_base64_key() => secret.check_base64().map_err(|error| chain(&error)),
            Scheme::Credential(Credential::Header { .. }) if HeaderValue::from_str(text).is_err() => {
                Err("the secret has characters that a header cannot have".to_owned())
            }
            Scheme::Credential(Credential::Basic) if !text.contains(':') => {
                Err("the secret is not `user:password`".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Whether the signature covers an id in a header.
    pub(crate) fn signs_id(self) -> bool {
        self.scheme().signs_id()
    }

    /// Whether the sender signs a time.
    pub(crate) fn signs_time(self) -> bool {
        self.scheme().signs_time()
    }
}

impl Provider for Sender {
    type Event = Box<dyn AnyEvent>;

    fn name(&self) -> &'static str {
        self.provider.name()
    }

    fn policy(&self) -> Policy {
        self.provider.policy()
    }

    fn scheme(&self) -> Scheme {
        self.provider.scheme()
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem> {
        self.provider.decode(content)
    }
}

/// Two senders of one name are never in use at once.
impl PartialEq for Sender {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Sender {}

impl PartialOrd for Sender {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Sender {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Ord for Sender {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.name()).finish()
    }
}

/// A provider without the type of its events.
pub(crate) trait AnyProvider: Send + Sync {
    fn name(&self) -> &'static str;
    fn policy(&self) -> Policy;
    fn scheme(&self) -> Scheme;
    fn decode(&self, content: Content<'_>) -> Result<Decoded<Box<dyn AnyEvent>>, BodyProblem>;
}

impl<P: Provider<Event: AnyEvent>> AnyProvider for P {
    fn name(&self) -> &'static str {
        Provider::name(self)
    }

    fn policy(&self) -> Policy {
        Provider::policy(self)
    }

    fn scheme(&self) -> Scheme {
        Provider::scheme(self)
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<Box<dyn AnyEvent>>, BodyProblem> {
        let decoded = Provider::decode(self, content)?;
        Ok(Decoded::new(Box::new(decoded.event), decoded.oddities))
    }
}

/// An event that can be printed.
pub(crate) trait AnyEvent: WebhookEvent {
    /// The data of the event in this body, as one line of JSON. `None` if it has none.
    fn data(&self, body: &[u8]) -> Option<String>;
}

impl<P: JsonPayload> AnyEvent for JsonEvent<P> {
    fn data(&self, _: &[u8]) -> Option<String> {
        self.data().map(|data| json::compact(data.as_str()))
    }
}

impl<P: JsonPayload> AnyEvent for PlainEvent<P> {
    fn data(&self, _: &[u8]) -> Option<String> {
        self.data.as_ref().map(|data| json::compact(data.as_str()))
    }
}

impl AnyEvent for qrplanet::Event {
    fn data(&self, body: &[u8]) -> Option<String> {
        // The form is without its token.
        Some(json::object(form_urlencoded::parse(body)))
    }
}

impl WebhookEvent for Box<dyn AnyEvent> {
    fn identity(&self) -> Identity<'_> {
        (**self).identity()
    }

    fn event_type(&self) -> Option<&str> {
        (**self).event_type()
    }

    fn known_type(&self) -> Option<&'static str> {
        (**self).known_type()
    }

    fn created_at(&self) -> Option<&Timestamp> {
        (**self).created_at()
    }

    fn scan(&self) -> Option<Scan<'_>> {
        (**self).scan()
    }
}
