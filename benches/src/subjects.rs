//! The subjects whose costs are counted: each is one call, on input that was prepared beforehand.

use std::hint::black_box;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use qrhook::{Provider, Secrets, UnixTime, Verifier, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio, testing};

use crate::{bodies, limit::Limit};

pub const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const TOKEN: &str = "FAKE-0123456789abcdef0123456789abcdef";
const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);

/// A call that can be repeated.
pub type Call = Box<dyn Fn()>;

/// A call whose costs are counted.
pub struct Subject {
    pub name: &'static str,
    /// Prepares the input and returns the call.
    pub prepare: fn() -> Call,
    /// The keyed HMAC alone, over the same input. Its instructions are subtracted from those of the call.
    pub limit: Option<fn() -> Call>,
}

pub const SUBJECTS: &[Subject] = &[
    Subject { name: "check", prepare: || check(bodies::scan(0)), limit: Some(|| limit(bodies::scan(0), true)) },
    Subject {
        name: "typed",
        prepare: || verify::<QrStudio>(bodies::scan(0)),
        limit: Some(|| limit(bodies::scan(0), true)),
    },
    Subject {
        name: "typed, an unknown member of 60 KB",
        prepare: || verify::<QrStudio>(bodies::scan_with_unknown(60 << 10)),
        limit: Some(|| limit(bodies::scan_with_unknown(60 << 10), true)),
    },
    Subject {
        name: "typed, a page of 100 KiB",
        prepare: || verify::<CodeQr>(bodies::page(100 << 10)),
        limit: Some(|| limit(bodies::page(100 << 10), false)),
    },
    Subject { name: "form", prepare: form, limit: None },
];

/// The call with this name. `limit of NAME` is the limit of that subject.
pub fn find(name: &str) -> Option<Call> {
    let (name, is_limit) = name.strip_prefix("limit of ").map_or((name, false), |name| (name, true));
    let subject = SUBJECTS.iter().find(|subject| subject.name == name)?;
    let prepare = if is_limit { subject.limit? } else { subject.prepare };
    Some(prepare())
}

fn secrets(secret: &str) -> Secrets {
    Secrets::one(secret).expect("a secret")
}

fn check(body: String) -> Call {
    let signed = testing::sign::<QrStudio>(SECRET, body, NOW);
    let verifier = Verifier::<QrStudio>::new(secrets(SECRET));
    Box::new(move || {
        black_box(verifier.check(black_box(&signed.headers), black_box(&signed.body), NOW)).expect("authentic");
    })
}

fn verify<P: Provider + Default + 'static>(body: String) -> Call {
    let signed = testing::sign::<P>(SECRET, body, NOW);
    let verifier = Verifier::<P>::new(secrets(SECRET));
    Box::new(move || {
        black_box(verifier.verify(black_box(&signed.headers), signed.body.clone(), NOW)).expect("authentic");
    })
}

fn limit(body: String, timed: bool) -> Call {
    let limit = Limit::new(SECRET);
    let time = if timed { format!("{}.", NOW.as_secs()) } else { String::new() };
    let mac = limit.mac(&[time.as_bytes(), body.as_bytes()]);
    Box::new(move || {
        assert!(limit.matches(&[black_box(time.as_bytes()), black_box(body.as_bytes())], black_box(&mac)));
    })
}

fn form() -> Call {
    let body = Bytes::from(format!("{}&secrettoken={TOKEN}", bodies::FORM));
    let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
    let verifier = Verifier::<QrPlanet>::new(secrets(TOKEN));
    Box::new(move || {
        black_box(verifier.verify(black_box(&headers), body.clone(), NOW)).expect("authentic");
    })
}
