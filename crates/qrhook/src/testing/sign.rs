//! Signing requests as the senders do.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

use crate::{
    body::Form,
    provider::{HmacScheme, Provider, Scheme},
    secret::Secret,
    time::UnixTime,
    verify::{Encoding, KeyForm, SignatureFormat},
};

/// A request as the platform would send it, always with `POST`.
///
/// For a sender whose secret is in the body, the request holds the secret, so it does not implement `Debug`.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "the body may hold the secret")]
#[non_exhaustive]
pub struct SignedRequest {
    /// The headers: the content type and, for senders that sign, the signature.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Signs a body as this sender does.
///
/// For a sender whose secret is in the body, the body is read as a url-encoded form, and its token is set or replaced.
///
/// # Example
///
/// ```
/// use qrhook::{Secrets, UnixTime, VerifyError, codeqr::CodeQr, testing};
///
/// let now = UnixTime::from_secs(1778335283);
/// let body = r#"{"id":"evt_1","event":"link.created","data":{}}"#;
/// let request = testing::sign::<CodeQr>("whsec_test", body, now);
/// assert!(request.headers.contains_key("codeqr-signature"));
///
/// let verdict = |secret: &str| {
///     let secrets = Secrets::one(secret).expect("a usable secret");
///     qrhook::verify::<CodeQr>(&request.headers, request.body.clone(), &secrets, now)
/// };
/// assert_eq!(verdict("whsec_test")?.id(), Some("evt_1"));
/// assert_eq!(verdict("whsec_other").err(), Some(VerifyError::SignatureMismatch));
/// # Ok::<(), VerifyError>(())
/// ```
///
/// A sender with the id in a header gets one that is made of the body: see [`sign_with_id`] for one of your own.
///
/// # Panics
///
/// When the sender's prefix is not valid in a header, or the secret cannot be used as its key.
pub fn sign<P: Provider>(secret: &str, body: impl Into<Bytes>, signed_at: UnixTime) -> SignedRequest {
    let body = body.into();
    let id = format!("msg_{}", const_hex::encode(&Sha256::digest(&body)[..8]));
    sign_with_id::<P>(secret, &id, body, signed_at)
}

/// Signs a body as this sender does, with this id in its header. For a sender with the id in the body, it is
/// [`sign`].
///
/// # Panics
///
/// As for [`sign`], and when the id is not valid in a header.
pub fn sign_with_id<P: Provider>(secret: &str, id: &str, body: impl Into<Bytes>, signed_at: UnixTime) -> SignedRequest {
    let body = body.into();
    match P::scheme() {
        Scheme::Hmac(scheme) => SignedRequest { headers: signed_headers(&scheme, secret, id, &body, signed_at), body },
        Scheme::Token { field } => {
            let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, form_type)]);
            SignedRequest { headers, body: Form::read_encoded(&body).with_token(field, secret) }
        }
    }
}

fn signed_headers(scheme: &HmacScheme, secret: &str, id: &str, body: &[u8], signed_at: UnixTime) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let family = scheme.families.first().expect("a family of headers");
    let value = |text: &str| HeaderValue::from_str(text).expect("a value that is valid in a header");
    let mut mac = match scheme.key {
        KeyForm::Text => Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length"),
        KeyForm::Base64 => {
            let secret = Secret::new(secret).expect("a usable secret");
            secret.keyed(true).expect("a secret that encodes a key in base64")
        }
    };
    if let Some(header) = &family.id {
        mac.update(format!("{id}.").as_bytes());
        headers.insert(header, value(id));
    }
    if scheme.signs_time() {
        mac.update(format!("{signed_at}.").as_bytes());
    }
    if let Some(header) = &family.time {
        headers.insert(header, value(&signed_at.to_string()));
    }
    mac.update(body);
    let mac = mac.finalize().into_bytes();
    let mac = match scheme.encoding {
        Encoding::Hex => const_hex::encode(mac),
        Encoding::Base64 => STANDARD.encode(mac),
    };
    let signature = match scheme.format {
        SignatureFormat::Bare => mac,
        SignatureFormat::Prefixed(prefix) => format!("{prefix}{mac}"),
        SignatureFormat::Timestamped => format!("t={signed_at},v1={mac}"),
        SignatureFormat::Versioned(version) => format!("{version},{mac}"),
    };
    headers.insert(&family.signature, value(&signature));
    headers
}
