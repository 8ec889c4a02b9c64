//! Signing requests as the senders do.

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header};
use sha2::Sha256;

use crate::{
    body::Form,
    provider::{Provider, Scheme, SignatureFormat},
    time::UnixTime,
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
/// # Panics
///
/// When the prefix of the sender's [format](SignatureFormat::PrefixedHex) is not valid in a header.
pub fn sign<P: Provider>(secret: &str, body: impl Into<Bytes>, signed_at: UnixTime) -> SignedRequest {
    let body = body.into();
    let mut headers = HeaderMap::new();
    match P::scheme() {
        Scheme::Hmac { header, format } => {
            let value = signature(format, secret, &body, signed_at);
            let value = HeaderValue::from_str(&value).expect("a prefix that is valid in a header");
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(header, value);
            SignedRequest { headers, body }
        }
        Scheme::Token { field } => {
            let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(header::CONTENT_TYPE, form_type);
            SignedRequest { headers, body: Form::read_encoded(&body).with_token(field, secret) }
        }
    }
}

fn signature(format: SignatureFormat, secret: &str, body: &[u8], signed_at: UnixTime) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    if format == SignatureFormat::Timestamped {
        mac.update(format!("{signed_at}.").as_bytes());
    }
    mac.update(body);
    let hex = const_hex::encode(mac.finalize().into_bytes());
    match format {
        SignatureFormat::Hex => hex,
        SignatureFormat::PrefixedHex(prefix) => format!("{prefix}{hex}"),
        SignatureFormat::Timestamped => format!("t={signed_at},v1={hex}"),
    }
}
