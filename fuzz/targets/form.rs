//! Url-encoded forms and JSON objects, read as a form. The first byte chooses.
//!
//! A url-encoded form has the fields that an independent reader finds.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrhook::VerifyError;
use qrhook_fuzz::{
    SECRET, check,
    token_sender::{FIELDS, TOKEN, TokenSender, read},
};

fuzz_target!(|data: &[u8]| {
    let Some((kind, body)) = data.split_first() else { return };
    if *kind != b'u' {
        let read = read::<TokenSender>(b"application/json", body).expect("a content type");
        return read.iter().for_each(check);
    }
    let read = read::<TokenSender>(b"application/x-www-form-urlencoded", body).expect("a content type");
    // A line break or blanks at the end are not part of the form.
    let expected: Vec<(String, String)> = form_urlencoded::parse(body.trim_ascii_end()).into_owned().collect();
    let tokens: Vec<&str> =
        expected.iter().filter(|(name, _)| name == TOKEN).map(|(_, value)| value.as_str()).collect();
    match read {
        Ok(delivery) => {
            check(&delivery);
            assert_eq!(tokens, [SECRET], "accepted without one right token");
            assert!(expected.len() <= FIELDS);
            // A value that repeats the token is masked.
            let expected: Vec<_> = expected.iter().filter(|(name, _)| name != TOKEN).collect();
            let found = &delivery.event().0;
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!(found == expected || holds_token(expected), "{found:?} instead of {expected:?}");
            }
        }
        Err(VerifyError::TokenMismatch { .. }) => assert!(tokens.first().is_some_and(|token| *token != SECRET)),
        Err(VerifyError::RepeatedField { .. }) => assert!(tokens.len() > 1),
        Err(VerifyError::MissingToken { .. }) => assert!(tokens.is_empty() || expected.len() > FIELDS),
        Err(VerifyError::UnusableBody(_)) => assert!(expected.len() > FIELDS),
        Err(VerifyError::BodyTooLarge { limit }) => assert!(body.len() > limit),
        Err(other) => panic!("a form cannot be refused with this: {other}"),
    }
});

/// Whether a field repeats the token in an encoding that may be masked. Only a rough check: the field is longer.
fn holds_token((name, value): &(String, String)) -> bool {
    name.len() >= SECRET.len() || value.len() >= SECRET.len()
}
