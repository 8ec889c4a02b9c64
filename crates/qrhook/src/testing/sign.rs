//! Signing requests as the senders do.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

use crate::{
    body::Form,
    provider::{Credential, HmacScheme, Provider, Scheme},
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
    /// The last segment of the path, percent-encoded, for a sender with its secret there.
    pub last_segment: Option<String>,
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
pub fn sign<P: Provider + Default>(secret: &str, body: impl Into<Bytes>, signed_at: UnixTime) -> SignedRequest {
    sign_as(&P::default(), secret, None, body, signed_at)
}

/// Signs a body as this sender does, with this id in its header. For a sender with the id in the body, it is
/// [`sign`].
///
/// # Panics
///
/// As for [`sign`], and when the id is not valid in a header.
pub fn sign_with_id<P: Provider + Default>(
    secret: &str,
    id: &str,
    body: impl Into<Bytes>,
    signed_at: UnixTime,
) -> SignedRequest {
    sign_as(&P::default(), secret, Some(id), body, signed_at)
}

/// Signs a body as this sender does, for a sender that is a value. A sender with the id in a header gets this one.
///
/// # Panics
///
/// As for [`sign_with_id`].
pub fn sign_as(
    provider: &impl Provider,
    secret: &str,
    id: Option<&str>,
    body: impl Into<Bytes>,
    signed_at: UnixTime,
) -> SignedRequest {
    let body = body.into();
    let content_type = |value| HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]);
    let mut headers = content_type("application/json");
    let mut last_segment = None;
    match provider.scheme() {
        Scheme::Hmac(scheme) => {
            let of_body = || format!("msg_{}", const_hex::encode(&Sha256::digest(&body)[..8]));
            let id = id.map_or_else(of_body, str::to_owned);
            add_signature(&mut headers, &scheme, secret, &id, &body, signed_at);
        }
        Scheme::Token { field } => {
            let headers = content_type("application/x-www-form-urlencoded");
            return SignedRequest { headers, body: Form::read_encoded(&body).with_token(field, secret), last_segment };
        }
        Scheme::Credential(Credential::Header { name, prefix }) => {
            headers.insert(name, value(&format!("{prefix}{secret}")));
        }
        Scheme::Credential(Credential::Basic) => {
            headers.insert(header::AUTHORIZATION, value(&format!("Basic {}", STANDARD.encode(secret))));
        }
        Scheme::Credential(Credential::Path) => last_segment = Some(percent_encoded(secret)),
    }
    SignedRequest { headers, body, last_segment }
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a value that is valid in a header")
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn add_signature(
    headers: &mut HeaderMap,
    scheme: &HmacScheme,
    secret: &str,
    id: &str,
    body: &[u8],
    signed_at: UnixTime,
) {
    let family = scheme.families.first().expect("a family of headers");
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
}
