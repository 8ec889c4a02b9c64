//! Authentic and tampered requests.

use bytes::Bytes;
use clap::ValueEnum;
use http::HeaderValue;
use qrhook::{
    Provider, UnixTime,
    provider::Scheme,
    testing::{self, SignedRequest},
};

use crate::sender::Sender;

/// The part of a request that is changed after signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tamper {
    /// The body (a receiver cannot notice if the sender, such as QR Planet, signs nothing)
    Body,
    /// The signature or the token
    Signature,
    /// The signed time, if there is one
    Time,
}

/// A request as this sender sends it, but with one thing changed after signing.
pub(crate) fn tampered(
    sender: Sender,
    secret: &str,
    id: Option<&str>,
    body: &Bytes,
    at: UnixTime,
    what: Tamper,
) -> SignedRequest {
    let signed = |secret: &str, body: Bytes| testing::sign_as(&sender, secret, id, body, at);
    let mut request = signed(secret, body.clone());
    let changed = |body: &Bytes| -> Bytes {
        let more: &[u8] = if sender.sends_forms() { b"&tampered=1" } else { b" " };
        [body, more].concat().into()
    };
    match (what, sender.scheme()) {
        (Tamper::Body, _) => request.body = changed(&request.body),
        // In the right form, but of another body.
        (Tamper::Signature, Scheme::Hmac(_)) => request.headers = signed(secret, changed(body)).headers,
        (Tamper::Signature, _) => request = signed(&format!("{secret}0"), body.clone()),
        (Tamper::Time, _) => {
            let (time, later) = (at.to_string(), at.as_secs().saturating_add(1).to_string());
            for value in request.headers.values_mut() {
                change_time(value, &time, &later);
            }
        }
    }
    request
}

/// Changes the time in a header of its own, or in an item of a signature header.
fn change_time(value: &mut HeaderValue, time: &str, later: &str) {
    let Ok(text) = value.to_str() else { return };
    let changed =
        if text == time { later.to_owned() } else { text.replacen(&format!("t={time},"), &format!("t={later},"), 1) };
    if let Ok(changed) = HeaderValue::from_str(&changed) {
        *value = changed;
    }
}
