//! Forged, altered and outdated requests.

use http::{HeaderValue, Method, header};
use qrhook::{UnixTime, testing::SignedRequest};

use super::super::{
    check::{Check, NOT_VERIFIED},
    event::signed,
    report::Group,
    stage, wire,
};
use crate::{failure::Failure, forge::Tamper, platform::Platform};

const GROUP: Group = Group { name: "forgery", about: "wrong or missing signatures and tokens, wrong times" };

pub(super) async fn play(check: &mut Check) -> Result<(), Failure> {
    check.report.begin(GROUP)?;
    for (platform, name) in [(Platform::QrStudio, "scan.created"), (Platform::CodeQr, "sale.created")] {
        let Some(header) = platform.signature_header() else { continue };
        let event = check.event(platform, name);
        let malformed = HeaderValue::from_static(if platform == Platform::QrStudio { "t=1,v1=00ff" } else { "00ff" });
        let signature = |request: &SignedRequest| HeaderValue::from_str(wire::signature(request)).ok();
        let mut twice = event.signed();
        if let Some(value) = signature(&event.forged()) {
            twice.headers.append(header, value);
        }
        let mut short = event.signed();
        short.headers.insert(header, malformed);
        let mut prefixless = event.signed();
        let unprefixed = stage::secret(platform).trim_start_matches("whsec_");
        prefixless.headers.clone_from(&signed(platform, unprefixed, &event.body, UnixTime::now()).headers);
        let cases = [
            ("signed with another secret", event.forged()),
            ("signed without the prefix of the secret", prefixless),
            ("one byte more in the body", event.tampered(Tamper::Body)),
            ("one digit of the signature changed", event.tampered(Tamper::Signature)),
            ("no signature", event.without(header)),
            ("a signature that is too short", short),
            ("two signature headers, one of them right", twice),
        ];
        for (what, request) in cases {
            check.send(what, &event, request, NOT_VERIFIED).await?;
        }
    }
    times(check).await?;
    tokens(check).await
}

/// QR Studio alone signs a time. With a store that survives a restart it may be 3 h old.
async fn times(check: &mut Check) -> Result<(), Failure> {
    let event = check.event(Platform::QrStudio, "scan.created");
    let cases = [
        ("another time than the signed one", event.tampered(Tamper::Time)),
        ("signed 4 h ago", event.signed_at(-4 * 3600)),
        ("signed 10 min ahead", event.signed_at(600)),
    ];
    for (what, request) in cases {
        check.send(what, &event, request, NOT_VERIFIED).await?;
    }
    Ok(())
}

async fn tokens(check: &mut Check) -> Result<(), Failure> {
    let event = check.event(Platform::QrPlanet, "VOUCHER_REDEEMED");
    let mut without = event.signed();
    without.body = event.key.clone().into();
    let mut twice = event.signed();
    twice.body = [&twice.body, &b"&secrettoken=another"[..]].concat().into();
    let cases =
        [("another token", event.forged()), ("no token", without.clone()), ("two tokens, one of them right", twice)];
    for (what, request) in cases {
        check.send(what, &event, request, NOT_VERIFIED).await?;
    }
    let path = format!("{}?secrettoken={}", event.platform.name(), stage::secret(event.platform));
    without.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(without.body.len()));
    let mut raw = wire::head(Method::POST.as_str(), &path, &without.headers, "x-demo: 1");
    raw.extend_from_slice(&without.body);
    check.send_raw("the token in the URL instead of the body", &event, &raw, NOT_VERIFIED).await?;
    Ok(())
}
