//! Verifying the requests of one sender and decoding their events.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;

use super::Delivery;
use crate::{
    body::budget::Budget,
    event::{Identity, WebhookEvent},
    provider::{Content, Decoded, Policy, Provider},
    secret::{Replaced, Retired, SecretError, Secrets, Whose},
    store,
    tenant::SecretSource,
    time::UnixTime,
    verify::{Head, Headers, Proof, Proven, Rules, Scheme, Unverified, VerifyError, Window, announced_length},
};
#[cfg(feature = "receiver")]
use crate::{bucket::Bucket, verify::Credential};

/// Verifies one request and decodes its event: the plain function for scripts.
///
/// `headers` is a [`HeaderMap`](http::HeaderMap) or a list of names and values. Pass the body exactly as it was
/// received: a body that was parsed and serialised again no longer matches its signature.
///
/// A program that verifies more than one request should keep a [`Verifier`].
///
/// # Example
///
/// ```
/// use qrhook::{Secrets, UnixTime, VerifyError, qrstudio::QrStudio};
///
/// let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
/// let headers = [(
///     "X-QRStudio-Signature",
///     "t=1778335283,v1=c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a",
/// )];
/// let body = r#"{"type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
/// let now = UnixTime::from_secs(1778335290); // or UnixTime::now()
///
/// let delivery = qrhook::verify::<QrStudio>(&headers, body, &secrets, now)?;
/// assert_eq!(delivery.id(), Some("evt_vector1"));
///
/// let forged = qrhook::verify::<QrStudio>(&headers, "{}", &secrets, now);
/// assert_eq!(forged.err(), Some(VerifyError::SignatureMismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`VerifyError`], with one variant for each reason.
pub fn verify<P: Provider + Default>(
    headers: impl Headers,
    body: impl Into<Bytes>,
    secrets: &Secrets,
    now: UnixTime,
) -> Result<Delivery<P>, VerifyError> {
    Verifier::new(secrets.clone()).verify(headers, body, now)
}

/// Verifies the requests of one sender. It is a cheap handle: clones share everything.
///
/// # Example
///
/// ```
/// use std::time::Duration;
///
/// use qrhook::{Secrets, UnixTime, Verifier, VerifyError, provider::Window, qrstudio::QrStudio};
///
/// let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
/// let verifier = Verifier::<QrStudio>::new(secrets).with_window(Window::both(Duration::from_secs(60)));
///
/// let headers = [(
///     "X-QRStudio-Signature",
///     "t=1778335283,v1=c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a",
/// )];
/// let body = r#"{"type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
///
/// let delivery = verifier.verify(&headers, body, UnixTime::from_secs(1778335290))?;
/// assert_eq!(delivery.id(), Some("evt_vector1"));
///
/// let replayed = verifier.verify(&headers, body, UnixTime::from_secs(1778335350));
/// assert!(matches!(replayed, Err(VerifyError::Stale { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Verifier<P> {
    shared: Arc<Shared<P>>,
}

struct Shared<P> {
    provider: Arc<P>,
    source: SecretSource,
    rules: Rules,
    body_time: Duration,
    budget: Budget,
    /// The looks at secrets that were replaced.
    #[cfg(feature = "receiver")]
    looks_back: Arc<Bucket>,
}

/// The number of looks at replaced secrets at once. One more is allowed each second.
#[cfg(feature = "receiver")]
const LOOKS_BACK: u32 = 16;

/// The parsed headers of a request. Nothing is proven yet.
pub(crate) struct UnverifiedRequest {
    pub(crate) unverified: Unverified,
    /// The declared content length, 0 if there is none.
    pub(crate) announced: u64,
}

impl<P: Provider> Verifier<P> {
    /// A verifier with the sender's default time window and limits.
    ///
    /// Logs a warning for each secret that does not look like one of this sender's.
    ///
    /// A verifier of [tenants](crate::tenant) verifies only in extractors, because nothing else tells it the tenant:
    /// its other methods refuse every request.
    pub fn new(secrets: impl Into<SecretSource>) -> Self
    where
        P: Default,
    {
        Self::of(P::default(), secrets)
    }

    /// A verifier of this sender, like [`new`](Self::new). For a sender that is described while the program runs.
    pub fn of(provider: P, secrets: impl Into<SecretSource>) -> Self {
        let (policy, scheme) = (provider.policy(), provider.scheme());
        // A signed time that is not checked does not protect against anything, so a policy cannot turn the window off.
        let window = scheme.signs_time().then(|| policy.window.unwrap_or(Window::DEFAULT));
        let (body_limit, field_limit) = (policy.body_limit, policy.field_limit);
        let rules = Rules { scheme, window, body_limit, field_limit };
        let (source, provider) = (secrets.into(), Arc::new(provider));
        let (body_time, budget) = (Duration::from_secs(3), Budget::new(Budget::DEFAULT));
        let shared = Shared {
            provider,
            source,
            rules,
            body_time,
            budget,
            #[cfg(feature = "receiver")]
            looks_back: Arc::new(Bucket::new(LOOKS_BACK, 1)),
        };
        let this = Self { shared: Arc::new(shared) };
        this.report_secrets();
        this
    }

    /// A verifier of a [tenant](crate::tenant) with secrets of its own. It shares everything else with this one.
    #[must_use]
    pub fn for_tenant(&self, name: impl Into<Arc<str>>, secrets: Secrets) -> Self {
        let source = SecretSource::of_tenant(name.into(), secrets);
        let this = self.clone().with(|shared| shared.source = source);
        this.report_secrets();
        this
    }

    /// A verifier of many tenants, for extractors. It shares everything else with this one.
    #[cfg(feature = "receiver")]
    #[must_use]
    pub fn for_tenants(&self, tenants: crate::tenant::Tenants) -> Self {
        self.clone().with(|shared| shared.source = tenants.into())
    }

    /// The name of the sender.
    pub fn sender(&self) -> &'static str {
        self.shared.provider.name()
    }

    /// The sender's default policy.
    pub fn policy(&self) -> Policy {
        self.shared.provider.policy()
    }

    /// The tenant. `None` without one, or if it depends on the request.
    pub fn tenant(&self) -> Option<&str> {
        self.shared.source.fixed()?.tenant.map(|tenant| &**tenant)
    }

    /// Accepts signed times within this window. This has no effect for a sender that does not sign a time.
    #[must_use]
    pub fn with_window(self, window: Window) -> Self {
        self.with(|shared| shared.rules.window = shared.rules.window.map(|_| window))
    }

    /// Accepts signatures of any age. A captured request can then be replayed forever.
    ///
    /// Use it to read archives. A receiver cannot be built this way: no store remembers ids forever.
    #[must_use]
    pub fn with_insecure_unlimited_age(self) -> Self {
        self.with_window(Window::both(Duration::MAX))
    }

    /// Accepts bodies of up to this many bytes.
    #[must_use]
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.with(|shared| shared.rules.body_limit = bytes)
    }

    /// Accepts forms of up to this many fields.
    #[must_use]
    pub fn with_field_limit(self, fields: usize) -> Self {
        self.with(|shared| shared.rules.field_limit = fields)
    }

    /// Gives a body this long to arrive, counted from the start of its request. It applies in extractors and layers,
    /// which read the body.
    #[must_use]
    pub fn with_body_time(self, time: Duration) -> Self {
        self.with(|shared| shared.body_time = time)
    }

    /// Holds up to this many bytes of unverified bodies at once, for all requests together. It applies in extractors
    /// and layers, which read the bodies.
    #[must_use]
    pub fn with_unverified_limit(self, bytes: usize) -> Self {
        self.with(|shared| shared.budget = Budget::new(bytes))
    }

    fn with(mut self, change: impl FnOnce(&mut Shared<P>)) -> Self {
        change(Arc::make_mut(&mut self.shared));
        self
    }

    /// Verifies a complete request and decodes its event.
    ///
    /// # Errors
    ///
    /// [`VerifyError`], with one variant for each reason.
    pub fn verify(
        &self,
        headers: impl Headers,
        body: impl Into<Bytes>,
        now: UnixTime,
    ) -> Result<Delivery<P>, VerifyError> {
        self.verify_head(Head::post(&headers), body, now)
    }

    /// Like [`verify`](Self::verify), with the whole head of the request. For a sender whose secret is in the path.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify).
    pub fn verify_head(
        &self,
        head: Head<'_, impl Headers>,
        body: impl Into<Bytes>,
        now: UnixTime,
    ) -> Result<Delivery<P>, VerifyError> {
        self.complete(&self.read(&head)?.unverified, body.into(), self.whose(), now)
    }

    /// Verifies a request without decoding its event. A header with one signature is checked without an allocation; a
    /// token is not, because the form must be read.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify), except that the content of a JSON body is not checked.
    pub fn check(&self, headers: impl Headers, body: &[u8], now: UnixTime) -> Result<Proof, VerifyError> {
        match self.read(&Head::post(&headers))?.unverified {
            Unverified::Signature(signature) => self.shared.rules.prove_signature(&signature, body, self.whose(), now),
            other => {
                let body = Bytes::copy_from_slice(body);
                self.shared.rules.prove(&other, &body, self.whose(), now).map(|(_, proof)| proof)
            }
        }
    }

    /// Reads the head, before there is a body: the first half of [`verify`](Self::verify).
    pub(crate) fn read(&self, head: &Head<'_, impl Headers>) -> Result<UnverifiedRequest, VerifyError> {
        let announced = announced_length(head.headers());
        Ok(UnverifiedRequest { unverified: self.shared.rules.read(head, announced)?, announced })
    }

    /// Proves the body that belongs to these headers, then decodes it: the second half of [`verify`](Self::verify).
    pub(crate) fn complete(
        &self,
        unverified: &Unverified,
        body: Bytes,
        whose: Whose<'_>,
        now: UnixTime,
    ) -> Result<Delivery<P>, VerifyError> {
        self.decode(unverified, body, (whose, now), false)
    }

    /// Like [`complete`](Self::complete), with the fingerprint of an event that has no id. It is computed here because
    /// the form is gone afterwards.
    pub(crate) fn complete_for_a_store(
        &self,
        unverified: &Unverified,
        body: Bytes,
        whose: Whose<'_>,
        now: UnixTime,
    ) -> Result<Delivery<P>, VerifyError> {
        self.decode(unverified, body, (whose, now), true)
    }

    fn decode(
        &self,
        unverified: &Unverified,
        body: Bytes,
        (whose, now): (Whose<'_>, UnixTime),
        for_a_store: bool,
    ) -> Result<Delivery<P>, VerifyError> {
        let shared = &*self.shared;
        let (proven, proof) = shared.rules.prove(unverified, &body, whose, now)?;
        // An id in a header is known before the body.
        let has_id = proof.id.is_some();
        let is_wanted = |event: &P::Event| for_a_store && !has_id && !matches!(event.identity(), Identity::Id(_));
        let delivery = |Decoded { event, oddities }: Decoded<P::Event>, raw, fingerprint| Delivery {
            sender: self.sender(),
            event,
            oddities: oddities.into_vec(),
            raw,
            proof,
            fingerprint,
            flags: OnceLock::new(),
        };
        match proven {
            Proven::Body => {
                let decoded = shared.provider.decode(Content::Body(&body))?;
                let fingerprint = is_wanted(&decoded.event).then(|| store::fingerprint(&[(b"", &body)]));
                Ok(delivery(decoded, body, fingerprint))
            }
            Proven::Form(form) => {
                let decoded = shared.provider.decode(Content::Form(&form))?;
                let fingerprint = is_wanted(&decoded.event).then(|| store::fingerprint(&form.sorted()));
                Ok(delivery(decoded, form.encode(), fingerprint))
            }
        }
    }

    /// The largest accepted body, in bytes.
    pub fn body_limit(&self) -> usize {
        self.shared.rules.body_limit
    }

    /// The time window. `None` for a sender that does not sign a time.
    pub fn window(&self) -> Option<Window> {
        self.shared.rules.window
    }

    /// Whether handlers get a form that is url-encoded again, because the token was removed from it.
    pub fn rewrites_body(&self) -> bool {
        matches!(self.shared.rules.scheme, Scheme::Token { .. })
    }

    /// The head without the credential in its path, which must not become the name of a tenant.
    #[cfg(feature = "receiver")]
    pub(crate) fn without_credential<'a, H: Headers>(&self, head: Head<'a, H>) -> Head<'a, H> {
        match &self.shared.rules.scheme {
            Scheme::Credential(Credential::Path) => {
                head.with_path(head.path().rsplit_once('/').map_or("", |(before, _)| before))
            }
            _ => head,
        }
    }

    /// Whether secrets that were replaced may be tried once more. This is limited, for all tenants together.
    #[cfg(feature = "receiver")]
    pub(crate) fn may_look_back(&self) -> bool {
        self.shared.looks_back.take()
    }

    /// The secret that was replaced and would have proven this request. For the log.
    #[cfg(feature = "receiver")]
    pub(crate) fn replaced(&self, unverified: &Unverified, body: &Bytes, retired: &[Retired]) -> Option<Replaced> {
        self.shared.rules.replaced(unverified, body, retired)
    }

    pub(crate) fn field_limit(&self) -> usize {
        self.shared.rules.field_limit
    }

    pub(crate) fn body_time(&self) -> Duration {
        self.shared.body_time
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.shared.budget
    }

    #[cfg(feature = "receiver")]
    pub(crate) fn source(&self) -> &SecretSource {
        &self.shared.source
    }

    /// The position of the first fixed secret that cannot be a key of this sender, and the reason.
    pub(crate) fn unusable_secret(&self) -> Option<(usize, SecretError)> {
        self.unusable(self.shared.source.fixed()?.secrets)
    }

    /// The position of the first of these secrets that cannot be a key of this sender, and the reason.
    pub(crate) fn unusable(&self, secrets: &Secrets) -> Option<(usize, SecretError)> {
        if !self.shared.rules.scheme.has_base64_key() {
            return None;
        }
        let secrets = secrets.current();
        secrets.iter().enumerate().find_map(|(position, secret)| Some((position, secret.check_base64().err()?)))
    }

    /// Logs the secrets that cannot be right, and those that are unlikely to be.
    fn report_secrets(&self) {
        let Some(Whose { secrets, tenant, .. }) = self.shared.source.fixed() else { return };
        if let Some((position, reason)) = self.unusable(secrets) {
            let (sender, tenant) = (self.sender(), tenant.map(|tenant| &**tenant));
            tracing::error!(sender, tenant, position, %reason, "the secret proves nothing");
        }
        // Only a warning: it is likely a mistake, but a platform may also change the format of its secrets.
        for (position, secret) in secrets.current().iter().enumerate() {
            if self.policy().whsec_prefix && !secret.is_prefixed() {
                tracing::warn!(
                    sender = self.sender(),
                    tenant = tenant.map(|tenant| &**tenant),
                    position,
                    label = secret.label(),
                    "the secret does not start with `whsec_`: copy all of it from the dashboard, and do not decode it"
                );
            }
        }
    }

    /// The secrets, or nobody's if they depend on the request.
    pub(crate) fn whose(&self) -> Whose<'_> {
        self.shared.source.fixed().unwrap_or_else(Whose::nobodys)
    }
}

impl<P> Clone for Shared<P> {
    fn clone(&self) -> Self {
        let Self { provider, source, rules, body_time, budget, .. } = self;
        Self {
            #[cfg(feature = "receiver")]
            looks_back: Arc::clone(&self.looks_back),
            provider: Arc::clone(provider),
            source: source.clone(),
            rules: rules.clone(),
            body_time: *body_time,
            budget: budget.clone(),
        }
    }
}

impl<P> Clone for Verifier<P> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<P: Provider> fmt::Debug for Verifier<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("sender", &self.sender())
            .field("secrets", &self.shared.source)
            .field("window", &self.window())
            .field("body_limit", &self.body_limit())
            .finish_non_exhaustive()
    }
}
