//! Any content type and any body, from the request to the event of QR Planet.
//!
//! The first line is the content type, and the rest is the body. If the first line is empty, the body is a url-encoded
//! form that gets its token from the target.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrhook::{VerifyError, qrplanet::QrPlanet};
use qrhook_fuzz::{SECRET, check, signed, split_line, token_sender::read};

fuzz_target!(|data: &[u8]| {
    let (content_type, body) = split_line(data);
    let delivery = if content_type.is_empty() {
        signed::<QrPlanet>(body)
    } else {
        match read::<QrPlanet>(content_type, body) {
            None => return,
            Some(Ok(delivery)) => Some(delivery),
            Some(Err(
                VerifyError::MissingToken { .. }
                | VerifyError::RepeatedField { .. }
                | VerifyError::TokenMismatch { .. }
                | VerifyError::UnsupportedMediaType
                | VerifyError::BodyTooLarge { .. }
                | VerifyError::UnusableBody(_),
            )) => None,
            Some(Err(other)) => panic!("a form cannot be refused with this: {other}"),
        }
    };
    let Some(delivery) = delivery else { return };
    check(&delivery);
    let raw = String::from_utf8_lossy(delivery.raw());
    assert!(!raw.contains(SECRET), "the token is in the body that handlers get");
    assert!(delivery.event_type().is_some_and(|event_type| !event_type.is_empty()), "an event without a type");
});
