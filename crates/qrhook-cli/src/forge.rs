//! Authentic and tampered requests.

use clap::ValueEnum;
use http::{HeaderMap, HeaderValue};
use qrhook::{
    UnixTime,
    testing::{self, SignedRequest},
};

use crate::sender::{Sender, with_provider};

/// The part of a request that is changed after signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tamper {
    /// The body (QR Planet signs nothing, so a receiver cannot notice)
    Body,
    /// The signature or the token
    Signature,
    /// The signed time, if there is one
    Time,
}

/// A request as this sender sends it.
pub(crate) fn signed(sender: Sender, secret: &str, body: &[u8], at: UnixTime) -> SignedRequest {
    let body = bytes::Bytes::copy_from_slice(body);
    with_provider!(sender, P => testing::sign::<P>(secret, body, at))
}

/// The same request with one thing changed.
pub(crate) fn tampered(sender: Sender, secret: &str, body: &[u8], at: UnixTime, what: Tamper) -> SignedRequest {
    let mut request = signed(sender, secret, body, at);
    match (what, sender.signature_header()) {
        (Tamper::Body, header) => {
            let more: &[u8] = if header.is_some() { b" " } else { b"&tampered=1" };
            request.body = [&request.body, more].concat().into();
        }
        (Tamper::Signature, Some(header)) => edit(&mut request.headers, header, |value| {
            let last = if value.ends_with('0') { '1' } else { '0' };
            value.pop();
            value.push(last);
        }),
        (Tamper::Signature, None) => request = signed(sender, &format!("{secret}0"), body, at),
        (Tamper::Time, Some(header)) => edit(&mut request.headers, header, |value| {
            let later = at.as_secs().saturating_add(1);
            *value = value.replacen(&format!("t={at}"), &format!("t={later}"), 1);
        }),
        (Tamper::Time, None) => {}
    }
    request
}

fn edit(headers: &mut HeaderMap, name: &'static str, edit: impl FnOnce(&mut String)) {
    let Some(mut value) = headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned) else { return };
    edit(&mut value);
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(name, value);
    }
}
