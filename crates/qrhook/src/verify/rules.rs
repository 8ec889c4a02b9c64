//! The order of the checks: headers, length, MAC or token, time window.

use bytes::Bytes;
use http::{HeaderName, header};

use super::{
    Family, Found, Head, Headers, HmacScheme, MatchedSecret, Proof, Scheme, SignatureProblem, VerifyError, Window,
    format, mac,
    presented::Presented,
    proof,
    signature::{Signature, SignedAt},
    token,
};
use crate::{
    body::{
        Form,
        form::{FormKind, Token},
    },
    secret::{Replaced, Retired, Secret, Whose},
    time::UnixTime,
};

/// The longest id in a header, in bytes.
const LONGEST_ID: usize = 256;

/// The rules by which the requests of one sender are verified.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub(crate) scheme: Scheme,
    /// `None` when the sender does not sign a time.
    pub(crate) window: Option<Window>,
    pub(crate) body_limit: usize,
    pub(crate) field_limit: usize,
}

/// The parsed headers of a request. Nothing is proven yet.
#[derive(Debug)]
pub(crate) enum Unverified {
    Signature(Signature),
    Token { field: &'static str, kind: FormKind },
    Credential(Presented),
}

/// The content that was proven to come from the sender.
pub(crate) enum Proven<'a> {
    /// The body, byte for byte.
    Body,
    /// The body's form, without the token.
    Form(Form<'a>),
}

impl Rules {
    /// Reads the head of a request that declares a body of this length.
    pub(crate) fn read(&self, head: &Head<'_, impl Headers>, length: u64) -> Result<Unverified, VerifyError> {
        let headers = head.headers();
        match &self.scheme {
            Scheme::Hmac(scheme) => {
                let signature = read_signature(headers, scheme)?;
                self.check_length(length)?;
                Ok(Unverified::Signature(signature))
            }
            Scheme::Token { field } => {
                self.check_length(length)?;
                Ok(Unverified::Token { field, kind: read_form_kind(headers)? })
            }
            Scheme::Credential(credential) => {
                let presented = Presented::read(credential, head)?;
                self.check_length(length)?;
                Ok(Unverified::Credential(presented))
            }
        }
    }

    /// Proves that the body belongs to these headers.
    pub(crate) fn prove<'a>(
        &self,
        unverified: &Unverified,
        body: &'a Bytes,
        whose: Whose<'_>,
        now: UnixTime,
    ) -> Result<(Proven<'a>, Proof), VerifyError> {
        match unverified {
            Unverified::Signature(signature) => Ok((Proven::Body, self.prove_signature(signature, body, whose, now)?)),
            Unverified::Token { field, kind } => {
                let (form, proof) = self.prove_token(field, kind, body, (whose, now))?;
                Ok((Proven::Form(form), proof))
            }
            Unverified::Credential(presented) => {
                self.check_length(length(body))?;
                let secret =
                    matched(whose, now, |secrets| token::first(secrets, now, |secret| presented.equals(secret)));
                let unproven = || VerifyError::CredentialMismatch { credential: presented.credential.clone() };
                let secret = secret.ok_or_else(|| mismatch(whose, unproven()))?;
                Ok((Proven::Body, Proof { secret, tenant: whose.tenant.cloned(), signed_at: None, id: None }))
            }
        }
    }

    pub(crate) fn prove_signature(
        &self,
        signature: &Signature,
        body: &[u8],
        whose: Whose<'_>,
        now: UnixTime,
    ) -> Result<Proof, VerifyError> {
        self.check_length(length(body))?;
        let secret = matched(whose, now, |secrets| mac::matching(secrets, signature, body, now));
        let secret = secret.ok_or_else(|| mismatch(whose, VerifyError::SignatureMismatch))?;
        // Only after the MAC: the age of an unsigned time means nothing.
        let signed_at = signature.signed_at.as_ref().map(|signed_at| signed_at.time);
        if let Some(window) = self.window {
            // Of several families of headers, one may lack the time. Such a signature would be valid forever.
            let signed_at = signed_at.ok_or(VerifyError::SignatureMismatch)?;
            window.check(signed_at, now)?;
        }
        Ok(Proof { secret, tenant: whose.tenant.cloned(), signed_at, id: signature.id.as_deref().map(Into::into) })
    }

    /// The secret that was replaced and would have proven this request. It proves nothing: this is for the log.
    pub(crate) fn replaced(&self, unverified: &Unverified, body: &Bytes, retired: &[Retired]) -> Option<Replaced> {
        let Retired { secret, since } = match unverified {
            Unverified::Signature(signature) => {
                retired.iter().find(|retired| mac::matches(&retired.secret, signature, body))?
            }
            Unverified::Token { field, kind } => {
                let Token::One(found) = Form::read(kind, body, self.field_limit).form.take_token(field) else {
                    return None;
                };
                retired.iter().find(|retired| token::equals(&retired.secret, &found))?
            }
            Unverified::Credential(presented) => retired.iter().find(|retired| presented.equals(&retired.secret))?,
        };
        Some(Replaced { label: secret.shared_label(), since: *since })
    }

    fn prove_token<'a>(
        &self,
        field: &'static str,
        kind: &FormKind,
        body: &'a Bytes,
        (whose, now): (Whose<'_>, UnixTime),
    ) -> Result<(Form<'a>, Proof), VerifyError> {
        self.check_length(length(body))?;
        let mut reading = Form::read(kind, body, self.field_limit);
        // The token is checked first, so that an unauthenticated client sees only a 401.
        let found = match reading.form.take_token(field) {
            Token::One(found) => found,
            Token::Missing => return Err(VerifyError::MissingToken { field }),
            Token::Repeated => return Err(VerifyError::RepeatedField { field }),
        };
        let secret = matched(whose, now, |secrets| token::matching(secrets, &found, now));
        let secret = secret.ok_or_else(|| mismatch(whose, VerifyError::TokenMismatch { field }))?;
        if let Some(problem) = reading.problem {
            return Err(problem.into());
        }
        reading.form.mask(&found);
        Ok((reading.form, Proof { secret, tenant: whose.tenant.cloned(), signed_at: None, id: None }))
    }

    fn check_length(&self, length: u64) -> Result<(), VerifyError> {
        let limit = self.body_limit;
        if u64::try_from(limit).is_ok_and(|limit| length > limit) {
            return Err(VerifyError::BodyTooLarge { limit });
        }
        Ok(())
    }
}

/// Finds the secret that proves the request, with the same work for a tenant that is not known.
fn matched(whose: Whose<'_>, now: UnixTime, find: impl FnOnce(&[Secret]) -> Option<usize>) -> Option<MatchedSecret> {
    proof::matched(whose.secrets, now, find).filter(|_| whose.known)
}

fn mismatch(whose: Whose<'_>, error: VerifyError) -> VerifyError {
    if whose.known { error } else { VerifyError::UnknownTenant }
}

fn length(body: &[u8]) -> u64 {
    u64::try_from(body.len()).unwrap_or(u64::MAX)
}

/// The declared content length, or 0 if it is unusable: reading the body is bounded in any case.
pub(crate) fn announced_length(headers: &impl Headers) -> u64 {
    let Found::One(value) = headers.find(&header::CONTENT_LENGTH) else { return 0 };
    std::str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

fn read_signature(headers: &impl Headers, scheme: &HmacScheme) -> Result<Signature, VerifyError> {
    // The family whose signature is there, and of several the first.
    let mut missing = None;
    for family in &scheme.families {
        match one(headers, &family.signature)? {
            Some(value) => return read_family(headers, family, value, scheme),
            None => missing = missing.or(Some(&family.signature)),
        }
    }
    let header = missing.cloned().unwrap_or(HeaderName::from_static("signature"));
    Err(VerifyError::MissingSignature { header })
}

fn read_family(
    headers: &impl Headers,
    family: &Family,
    value: &[u8],
    scheme: &HmacScheme,
) -> Result<Signature, VerifyError> {
    let mut signature = format::read(value, scheme).map_err(malformed(&family.signature))?;
    if let Some(header) = &family.time {
        let value = companion(headers, header)?;
        let signed_at = SignedAt::read_canonical(value.trim_ascii()).ok_or(SignatureProblem::TimeUnusable);
        signature.signed_at = Some(signed_at.map_err(malformed(header))?);
    }
    if let Some(header) = &family.id {
        let value = companion(headers, header)?;
        signature.id = Some(read_id(value).ok_or(SignatureProblem::IdUnusable).map_err(malformed(header))?);
    }
    Ok(signature)
}

/// A full stop in an id would let two pairs of id and time have the same MAC.
fn read_id(value: &[u8]) -> Option<String> {
    let id = std::str::from_utf8(value.trim_ascii()).ok()?;
    ((1..=LONGEST_ID).contains(&id.len()) && !id.contains('.')).then(|| id.to_owned())
}

fn malformed(header: &HeaderName) -> impl FnOnce(SignatureProblem) -> VerifyError {
    |problem| VerifyError::MalformedSignature { header: header.clone(), problem }
}

/// The value of a header that belongs to the signature.
fn companion<'a>(headers: &'a impl Headers, header: &HeaderName) -> Result<&'a [u8], VerifyError> {
    one(headers, header)?.ok_or(SignatureProblem::HeaderMissing).map_err(malformed(header))
}

fn one<'a>(headers: &'a impl Headers, header: &HeaderName) -> Result<Option<&'a [u8]>, VerifyError> {
    match headers.find(header) {
        Found::One(value) => Ok(Some(value)),
        Found::Missing => Ok(None),
        Found::Repeated => Err(VerifyError::RepeatedHeader { header: header.clone() }),
    }
}

fn read_form_kind(headers: &impl Headers) -> Result<FormKind, VerifyError> {
    let Found::One(value) = headers.find(&header::CONTENT_TYPE) else {
        return Err(VerifyError::UnsupportedMediaType);
    };
    FormKind::of(value).ok_or(VerifyError::UnsupportedMediaType)
}
