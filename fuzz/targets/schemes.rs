//! Any path and header lines, for the kinds of proof that are spread over a request.
//!
//! The first byte chooses the sender. The first line is the path, and each further one is a header line.

#![no_main]

use http::HeaderName;
use libfuzzer_sys::fuzz_target;
use qrhook::{
    Head, Provider, Secrets, Verifier, VerifyError,
    event::Layout,
    provider::{Credential, HmacScheme, PlainSender, Scheme},
    standardwebhooks::StandardWebhooks,
    testing,
    verify::{Found, Headers},
};
use qrhook_fuzz::{NOW, SECRET, split_line};

const BODY: &str = r#"{"id":"evt_1","type":"t","event":"t"}"#;
const WHSEC: &str = "whsec_RlVaWi1zZWNyZXQtb2YtdGhlLWZ1enotdGFyZ2V0cw==";
const USER: &str = "user:FUZZ-secret-of-the-fuzz-targets";

fn plain(scheme: impl Into<Scheme>) -> PlainSender {
    PlainSender::new("plain", scheme, Layout::new().with_id("/id"))
}

/// Verifies the request. Returns whether it was accepted.
fn verify<P: Provider>(sender: P, secret: &str, path: &str, lines: &[(&str, &[u8])]) -> bool {
    let verifier = Verifier::of(sender, Secrets::one(secret).expect("a usable secret"));
    match verifier.verify_head(Head::post(&lines).with_path(path), BODY, NOW) {
        Ok(delivery) => {
            assert!(!format!("{delivery:?}").contains(secret), "the secret is shown");
            true
        }
        Err(error) => {
            assert!(!matches!(error, VerifyError::UnusableBody(_)), "the body is an event");
            assert!(!error.to_string().contains(secret) && !format!("{error:?}").contains(secret));
            false
        }
    }
}

/// The value of the only header of this name. Items that are not read may be anything.
fn one(lines: &[(&str, &[u8])], name: &'static str) -> String {
    match lines.find(&HeaderName::from_static(name)) {
        Found::One(value) => String::from_utf8_lossy(value).trim_ascii().to_owned(),
        other => panic!("{name} was accepted: {other:?}"),
    }
}

/// Checks an accepted signature against one that is made with the id and the time of the request.
fn check<P: Provider>(sender: &P, secret: &str, lines: &[(&str, &[u8])], [signature, time, id]: [&'static str; 3]) {
    let id = (!id.is_empty()).then(|| one(lines, id));
    if id.as_deref().is_some_and(|id| id.contains(char::is_control)) {
        return; // No server lets such a header pass, and it cannot be signed.
    }
    let signed_at = one(lines, time).parse().expect("an accepted time");
    let ours = testing::sign_as(sender, secret, id.as_deref(), BODY, signed_at);
    let ours = ours.headers.values().map(|value| value.to_str().expect("text").to_ascii_lowercase());
    let theirs = one(lines, signature).to_ascii_lowercase();
    let mut matching = ours.filter(|ours| ours.len() > 40 && theirs.contains(ours.as_str()));
    assert!(matching.next().is_some(), "accepted without the MAC");
}

fuzz_target!(|data: &[u8]| {
    let Some((kind, request)) = data.split_first() else { return };
    let (path, lines) = split_line(request);
    let Ok(path) = std::str::from_utf8(path) else { return };
    let named = |line: &'_ [u8]| -> Option<(String, Vec<u8>)> {
        let at = line.iter().position(|byte| *byte == b':')?;
        Some((String::from_utf8(line[..at].to_vec()).ok()?, line[at + 1..].to_vec()))
    };
    let lines: Vec<_> = lines.split(|byte| *byte == b'\n').filter_map(named).collect();
    let lines: Vec<(&str, &[u8])> = lines.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let lines = lines.as_slice();
    let header = HeaderName::from_static;
    match kind {
        b'w' => {
            if verify(StandardWebhooks, WHSEC, path, lines) {
                let is_own = lines.find(&header("webhook-signature")) != Found::Missing;
                let family = if is_own {
                    ["webhook-signature", "webhook-timestamp", "webhook-id"]
                } else {
                    ["svix-signature", "svix-timestamp", "svix-id"]
                };
                check(&StandardWebhooks, WHSEC, lines, family);
            }
        }
        b't' => {
            let sender =
                plain(HmacScheme::new(header("x-mac")).with_prefix("sha256=").with_time_header(header("x-at")));
            if verify(sender.clone(), SECRET, path, lines) {
                check(&sender, SECRET, lines, ["x-mac", "x-at", ""]);
            }
        }
        b'h' => {
            let bearer = Credential::Header { name: header("authorization"), prefix: "Bearer " };
            if verify(plain(bearer), SECRET, path, lines) {
                assert!(one(lines, "authorization").ends_with(SECRET));
            }
        }
        b'b' => {
            if verify(plain(Credential::Basic), USER, path, lines) {
                // RFC 7617, the base64 of USER.
                assert!(one(lines, "authorization").ends_with("dXNlcjpGVVpaLXNlY3JldC1vZi10aGUtZnV6ei10YXJnZXRz"));
            }
        }
        _ => {
            if verify(plain(Credential::Path), SECRET, path, lines) {
                let segment = path.rsplit('/').next().expect("a segment");
                let decoded: String = form_urlencoded::parse(segment.replace('+', "%2B").as_bytes())
                    .map(|(name, _)| name.into_owned())
                    .collect();
                assert_eq!(decoded, SECRET);
            }
        }
    }
});
