//! Findings without a proof: what a request looks like when no mistake explains its signature.

use http::HeaderMap;

use super::search::Configured;
use crate::platform::Platform;

/// Another header that shows which scheme the request uses.
pub(super) fn missing_header(headers: &HeaderMap, expected: &str) -> Vec<String> {
    const SCHEMES: [(&str, &str); 6] = [
        ("x-qrstudio-signature", "QR Studio"),
        ("codeqr-signature", "CodeQR"),
        ("webhook-signature", "Standard Webhooks"),
        ("svix-signature", "Svix"),
        ("stripe-signature", "Stripe"),
        ("x-hub-signature-256", "GitHub"),
    ];
    match SCHEMES.iter().find(|(name, _)| headers.contains_key(*name)) {
        Some((name, scheme)) => vec![
            format!("cause: another-scheme: the request has the header {name}, which is that of {scheme}"),
            "  Use the path and the secret of the platform that sends this request.".to_owned(),
        ],
        None => vec![
            format!("cause: header-lost: the request has no signature header; {expected} is expected"),
            "  Look for a proxy that drops headers. If there is none, the request does not come from the platform."
                .to_owned(),
        ],
    }
}

/// A body that is shorter than its announced length, or ends in the middle of its JSON.
pub(super) fn cut_off(headers: &HeaderMap, body: &[u8]) -> Vec<String> {
    let announced = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    let ends_early = serde_json::from_slice::<serde::de::IgnoredAny>(body).is_err_and(|error| error.is_eof());
    if announced.is_some_and(|announced| announced > body.len()) || ends_early {
        return vec![
            "cause: body-cut-off: the body is not complete".to_owned(),
            "  Look for a limit in front of the receiver, or in the tool that saved the body.".to_owned(),
        ];
    }
    Vec::new()
}

/// A secret that does not look like that of a hook. Only its form shows that: it does not explain a signature.
pub(super) fn other_kind(platform: Platform, secrets: &[Configured]) -> Vec<String> {
    let expected: Vec<_> = secrets.iter().filter(|secret| secret.expected).collect();
    if platform.signature_header().is_none() || expected.iter().any(|secret| secret.text.contains("whsec_")) {
        return Vec::new();
    }
    let names: Vec<_> = expected.iter().map(|secret| secret.place.as_str()).collect();
    vec![
        format!(
            "cause: secret-other-kind: {} does not hold a `whsec_` secret, but perhaps an API key",
            names.join(", ")
        ),
        "  Copy the signing secret of the hook from the dashboard.".to_owned(),
    ]
}

/// The honest answer, with what was tried.
pub(super) fn nothing_found(platform: Platform, tried: u64, cut_short: bool, is_suspected: bool) -> Vec<String> {
    let tried = format!(
        "  Tried {tried} combinations{}: spoiled and other secrets; line breaks, byte order marks, base64, gzip and other \
         spellings of the body; joined headers, other encodings and times of the signature.",
        if cut_short { ", until the time was over" } else { "" }
    );
    let rest = match platform.signature_header() {
        Some(_) => {
            "  What remains: the secret of another hook (copy it again from the dashboard), a changed number or text in the \
             body, or a request that the platform did not send."
        }
        None => "  What remains: the key of another account, or a request that the platform did not send.",
    };
    let nothing = (!is_suspected).then(|| "cause: none of the known mistakes".to_owned());
    nothing.into_iter().chain([tried, rest.to_owned()]).collect()
}
