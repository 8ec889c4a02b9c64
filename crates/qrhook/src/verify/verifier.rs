//! Verifies the requests of one sender.

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderName, header};

use super::{Found, Headers, MatchedSecret, Proof, VerifyError, mac, signature::Signature};
use crate::{
    body::form::{Form, FormKind, Token},
    delivery::Delivery,
    intake::Budget,
    provider::{Content, Decoded, Policy, Provider, Scheme, SignatureFormat, Window},
    secret::Secrets,
    time::UnixTime,
};

/// Verifies the requests of one sender. A cheap handle: clones share everything.
pub struct Verifier<P> {
    rules: Arc<Rules>,
    provider: PhantomData<fn() -> P>,
}

#[derive(Clone)]
struct Rules {
    secrets: Secrets,
    scheme: Scheme,
    window: Option<Window>,
    body_limit: usize,
    field_limit: usize,
    body_time: Duration,
    budget: Budget,
}

impl<P: Provider> Verifier<P> {
    /// A verifier with the sender's own time window and limits.
    pub fn new(secrets: Secrets) -> Self {
        let scheme = P::scheme();
        // A signed time that nobody looks at protects from nothing, so a policy cannot leave the window out.
        let timed = matches!(scheme, Scheme::Hmac { format: SignatureFormat::Timestamped, .. });
        let window = timed.then(|| P::POLICY.window.unwrap_or(Policy::WINDOW));
        let (body_limit, field_limit) = (P::POLICY.body_limit, P::POLICY.field_limit);
        let (body_time, budget) = (Duration::from_secs(3), Budget::new(Budget::DEFAULT));
        let rules = Rules { secrets, scheme, window, body_limit, field_limit, body_time, budget };
        Self { rules: Arc::new(rules), provider: PhantomData }
    }

    /// Accepts signed times within this window. Without effect on a sender that signs no time.
    #[must_use]
    pub fn with_window(self, window: Window) -> Self {
        self.with(|rules| rules.window = rules.window.map(|_| window))
    }

    /// Accepts signatures of any age, so that whoever captured a request can replay it for ever.
    ///
    /// For reading archives. No receiver can be built so, for no store remembers ids for ever.
    #[must_use]
    pub fn with_insecure_unlimited_age(self) -> Self {
        self.with(|rules| rules.window = rules.window.map(|_| Window::both(Duration::MAX)))
    }

    /// Accepts bodies of up to this many bytes.
    #[must_use]
    pub fn with_body_limit(self, bytes: usize) -> Self {
        self.with(|rules| rules.body_limit = bytes)
    }

    /// Accepts forms of up to this many fields.
    #[must_use]
    pub fn with_field_limit(self, fields: usize) -> Self {
        self.with(|rules| rules.field_limit = fields)
    }

    /// Gives a body this long to arrive, from its request's start. For extractors and layers, which read it.
    #[must_use]
    pub fn with_body_time(self, time: Duration) -> Self {
        self.with(|rules| rules.body_time = time)
    }

    /// Holds up to this many bytes of unverified bodies at once, of all requests together. For extractors and layers,
    /// which read them.
    #[must_use]
    pub fn with_unverified_limit(self, bytes: usize) -> Self {
        self.with(|rules| rules.budget = Budget::new(bytes))
    }

    fn with(mut self, change: impl FnOnce(&mut Rules)) -> Self {
        change(Arc::make_mut(&mut self.rules));
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
        self.complete(&self.read(headers)?, body.into(), now)
    }

    /// Verifies a signature over a body, without decoding the event. A signature costs no allocation; a token does, for
    /// it stands in a form.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify), but for what is found in the content of a JSON body.
    pub fn check(&self, headers: impl Headers, body: &[u8], now: UnixTime) -> Result<Proof, VerifyError> {
        match self.read(headers)?.0 {
            Expected::Signature(signature) => self.check_signature(&signature, body, now),
            Expected::Token { field, kind } => {
                let body = Bytes::copy_from_slice(body);
                self.check_token(field, &kind, &body).map(|(_, proof)| proof)
            }
        }
    }

    /// Reads the headers, before there is a body: the first half of [`verify`](Self::verify).
    ///
    /// # Errors
    ///
    /// Whatever can be said without the body, in this order: the signature header, the announced length, the content
    /// type.
    pub fn read(&self, headers: impl Headers) -> Result<Unverified<P>, VerifyError> {
        let expected = match &self.rules.scheme {
            Scheme::Hmac { header, format } => {
                let signature = read_signature(&headers, header, *format)?;
                self.check_length(announced_length(&headers))?;
                Expected::Signature(signature)
            }
            Scheme::Token { field } => {
                self.check_length(announced_length(&headers))?;
                Expected::Token { field, kind: read_form_kind(&headers)? }
            }
        };
        Ok(Unverified(expected, PhantomData))
    }

    /// Verifies the body that belongs to these headers: the second half of [`verify`](Self::verify).
    ///
    /// # Errors
    ///
    /// The rest of the reasons, in this order: the length, the signature or token, the time window, the content.
    pub fn complete(&self, unverified: &Unverified<P>, body: Bytes, now: UnixTime) -> Result<Delivery<P>, VerifyError> {
        match &unverified.0 {
            Expected::Signature(signature) => {
                let proof = self.check_signature(signature, &body, now)?;
                let Decoded { event, oddities } = P::decode(Content::Body(&body))?;
                Ok(Delivery::new(event, oddities, body, proof))
            }
            Expected::Token { field, kind } => {
                let (form, proof) = self.check_token(field, kind, &body)?;
                let Decoded { event, oddities } = P::decode(Content::Form(&form))?;
                Ok(Delivery::new(event, oddities, form.encode(), proof))
            }
        }
    }

    /// The greatest body in bytes.
    pub fn body_limit(&self) -> usize {
        self.rules.body_limit
    }

    pub(crate) fn field_limit(&self) -> usize {
        self.rules.field_limit
    }

    pub(crate) fn body_time(&self) -> Duration {
        self.rules.body_time
    }

    pub(crate) fn budget(&self) -> &Budget {
        &self.rules.budget
    }

    /// The time window, if the sender signs a time.
    pub fn window(&self) -> Option<Window> {
        self.rules.window
    }

    /// Whether the handlers of a verified form get it url-encoded again, because the token was taken out.
    pub fn rewrites_body(&self) -> bool {
        matches!(self.rules.scheme, Scheme::Token { .. })
    }

    fn check_length(&self, length: u64) -> Result<(), VerifyError> {
        let limit = self.rules.body_limit;
        if u64::try_from(limit).is_ok_and(|limit| length > limit) {
            return Err(VerifyError::BodyTooLarge { limit });
        }
        Ok(())
    }

    fn check_signature(&self, signature: &Signature, body: &[u8], now: UnixTime) -> Result<Proof, VerifyError> {
        self.check_length(u64::try_from(body.len()).unwrap_or(u64::MAX))?;
        let secrets = self.rules.secrets.current();
        let position = mac::matching(&secrets, signature, body).ok_or(VerifyError::SignatureMismatch)?;
        // Only now: the age of a time that nobody signed says nothing.
        let signed_at = signature.signed_at.map(|signed_at| signed_at.time);
        if let (Some(signed_at), Some(window)) = (signed_at, self.rules.window) {
            if now.since(signed_at) > window.past {
                return Err(VerifyError::Stale { signed_at, now, tolerance: window.past });
            }
            if signed_at.since(now) > window.future {
                return Err(VerifyError::Future { signed_at, now, tolerance: window.future });
            }
        }
        Ok(Proof { secret: MatchedSecret::at(&secrets, position), signed_at })
    }

    fn check_token<'a>(
        &self,
        field: &'static str,
        kind: &FormKind,
        body: &'a Bytes,
    ) -> Result<(Form<'a>, Proof), VerifyError> {
        self.check_length(u64::try_from(body.len()).unwrap_or(u64::MAX))?;
        let mut reading = Form::read(kind, body, self.rules.field_limit);
        // First the token, then what is wrong with the form: a stranger learns nothing but 401.
        let token = match reading.form.take_token(field) {
            Token::One(token) => token,
            Token::Missing => return Err(VerifyError::MissingToken { field }),
            Token::Repeated => return Err(VerifyError::RepeatedField { field }),
        };
        let secrets = self.rules.secrets.current();
        let position = mac::matching_token(&secrets, &token).ok_or(VerifyError::TokenMismatch { field })?;
        if let Some(problem) = reading.problem {
            return Err(problem.into());
        }
        reading.form.mask(&token);
        Ok((reading.form, Proof { secret: MatchedSecret::at(&secrets, position), signed_at: None }))
    }
}

impl<P> Clone for Verifier<P> {
    fn clone(&self) -> Self {
        Self { rules: Arc::clone(&self.rules), provider: PhantomData }
    }
}

impl<P: Provider> fmt::Debug for Verifier<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("sender", &P::NAME)
            .field("secrets", &self.rules.secrets)
            .field("window", &self.rules.window)
            .field("body_limit", &self.rules.body_limit)
            .finish_non_exhaustive()
    }
}

/// The headers of a request that were read, and prove nothing yet.
#[must_use = "nothing is verified until the body is"]
pub struct Unverified<P>(Expected, PhantomData<fn() -> P>);

#[expect(clippy::large_enum_variant, reason = "the large one is the common one, and a box would be an allocation")]
enum Expected {
    Signature(Signature),
    Token { field: &'static str, kind: FormKind },
}

impl<P: Provider> fmt::Debug for Unverified<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("sender", &P::NAME).finish_non_exhaustive()
    }
}

fn read_signature(
    headers: &impl Headers,
    header: &HeaderName,
    format: SignatureFormat,
) -> Result<Signature, VerifyError> {
    match headers.find(header) {
        Found::One(value) => Signature::read(format, value)
            .map_err(|problem| VerifyError::MalformedSignature { header: header.clone(), problem }),
        Found::Missing => Err(VerifyError::MissingSignature { header: header.clone() }),
        Found::Repeated => Err(VerifyError::RepeatedHeader { header: header.clone() }),
    }
}

/// What the request says of its length; zero when that is nothing usable, for then the reading itself is bounded.
fn announced_length(headers: &impl Headers) -> u64 {
    let Found::One(value) = headers.find(&header::CONTENT_LENGTH) else { return 0 };
    std::str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

fn read_form_kind(headers: &impl Headers) -> Result<FormKind, VerifyError> {
    let Found::One(value) = headers.find(&header::CONTENT_TYPE) else {
        return Err(VerifyError::UnsupportedMediaType);
    };
    FormKind::of(value).ok_or(VerifyError::UnsupportedMediaType)
}
