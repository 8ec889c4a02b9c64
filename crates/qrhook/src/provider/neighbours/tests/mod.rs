//! Special cases of their schemes, and their events. Their vectors are checked together with those of the other
//! senders.

/// The payload of an event, which must have this form.
macro_rules! payload {
    ($event:expr, $pattern:pat => $found:expr) => {
        match &$event.payload {
            $pattern => $found,
            other => panic!("another payload: {other:?}"),
        }
    };
}

mod dub_events;
mod events;

use bytes::Bytes;

use super::*;
use crate::{
    Secret, SecretError, Secrets, UnixTime, Verifier, VerifyError,
    event::{Extra, Scan, WebhookEvent},
    provider::standardwebhooks::StandardWebhooks,
    testing::samples,
    verify::SignatureProblem,
};

/// Reads a body, and returns the event and its oddities.
fn read<P: Provider + Default>(body: &[u8]) -> (P::Event, Vec<String>) {
    let Decoded { event, oddities, .. } =
        P::default().decode(Content::Body(&Bytes::copy_from_slice(body))).expect("an event");
    (event, oddities.into_vec().iter().map(ToString::to_string).collect())
}

/// Reads the sample of this type, in which nothing is odd.
fn sample<P: Provider + Default>(event_type: &str) -> P::Event {
    let sender = P::default().name();
    let sample = samples::find(sender, event_type).unwrap_or_else(|| panic!("no sample of {sender}: {event_type}"));
    let (event, oddities) = read::<P>(sample.body);
    assert_eq!(oddities, [""; 0], "{sender}");
    assert_eq!((event.event_type(), event.known_type().is_some()), (Some(event_type), true), "{sender}");
    event
}

/// The same sample, in which this part was replaced.
fn changed<P: Provider + Default>(event_type: &str, from: &str, to: &str) -> (P::Event, Vec<String>) {
    let sample = samples::find(P::default().name(), event_type).expect("a sample of this type");
    let body = std::str::from_utf8(sample.body).expect("UTF-8");
    assert_eq!(body.matches(from).count(), 1, "{from}");
    read::<P>(body.replace(from, to).as_bytes())
}

fn assert_all_typed(extras: &[&Extra]) {
    for extra in extras {
        assert!(extra.is_empty(), "unknown members: {extra:?}");
    }
}

#[test]
fn a_secret_of_standard_webhooks_is_checked_strictly() {
    let good = [
        "whsec_yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f",
        "whsec_yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4OHi4+Tl5uc=",
        "whsec_AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dzj6vH4/wYNFBsiKTA3PkVMU1phaG92fYSLkpmgp661vA==",
        "whsec_AwoRGB8mLTQ7QklQV15lbHN6gYiPlp2kq7K5wMfO1dzj6vH4/wYNFBsiKTA3PkVMU1phaG92fYSLkpmgp661vMM=",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_000102030405060708090a0b0c0d0e0f",
    ];
    for secret in good {
        assert_eq!(Secret::new(secret).unwrap().check_base64(), Ok(()), "{secret}");
    }
    let check = |text: &str| Secret::new(text).unwrap().check_base64().err();
    let not_base64 = [
        "whsec_hunter2!",
        // Without its padding, with another alphabet, with a blank inside, and with spare bits.
        "whsec_ZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5/gIGCg4Q",
        "whsec_-__7__v_-__7__v_-__7__v_-__7__v_",
        "whsec_yMnKy8zNzs/Q0d LT1NXW19jZ2tvc3d7f",
        "whsec_yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d7f4B==",
    ];
    for secret in not_base64 {
        assert_eq!(check(secret), Some(SecretError::NotBase64), "{secret}");
    }
    assert_eq!(check("whsec_yMnKy8zNzs/Q0dLT1NXW19jZ2tvc3d4="), Some(SecretError::KeyTooShort { bytes: 23 }));
    assert_eq!(check(&"A".repeat(104)), Some(SecretError::KeyTooLong { bytes: 78 }));
    for half in ["whsk_AAAA", "whpk_AAAA"] {
        assert_eq!(check(half), Some(SecretError::KeyPair), "{half}");
    }
}

#[test]
fn the_headers_of_one_family_count() {
    let now = UnixTime::from_secs(1_614_265_330);
    let verifier = Verifier::<StandardWebhooks>::new(Secrets::one("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
    let (id, time) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330");
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let verify = |headers: &[(&str, &str)]| verifier.check(headers, br#"{"test": 2432232314}"#, now).map(drop);
    let malformed = |header: &'static str, problem| {
        Err(VerifyError::MalformedSignature { header: HeaderName::from_static(header), problem })
    };
    let webhook = [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)];
    let svix = [("svix-id", id), ("svix-timestamp", time), ("svix-signature", signature)];
    assert_eq!(verify(&webhook), Ok(()));
    assert_eq!(verify(&[&webhook[..], &svix].concat()), Ok(()));
    let forged = [("svix-id", "msg_1"), ("svix-timestamp", time), ("svix-signature", signature)];
    assert_eq!(verify(&[&webhook[..], &forged].concat()), Ok(()), "the first family counts");
    assert_eq!(verify(&[&webhook[1..], &svix].concat()), malformed("webhook-id", SignatureProblem::HeaderMissing));
    assert_eq!(
        verify(&[webhook[0], ("webhook-timestamp", "1614265330 0"), webhook[2]]),
        malformed("webhook-timestamp", SignatureProblem::TimeUnusable)
    );
    let long = "a".repeat(257);
    for unusable in ["", "a.b", long.as_str()] {
        assert_eq!(
            verify(&[("webhook-id", unusable), webhook[1], webhook[2]]),
            malformed("webhook-id", SignatureProblem::IdUnusable),
            "{unusable}"
        );
    }
    let header = HeaderName::from_static("webhook-timestamp");
    assert_eq!(
        verify(&[&webhook[..], &[("Webhook-Timestamp", time)]].concat()),
        Err(VerifyError::RepeatedHeader { header })
    );
}

/// Svix sends up to 11 signatures while secrets are rotated.
#[test]
fn up_to_16_signatures_count() {
    let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let decoy = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x ";
    let verifier = Verifier::<StandardWebhooks>::new(Secrets::one("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap());
    for (decoys, expected) in [(15, Ok(())), (16, Err(VerifyError::SignatureMismatch))] {
        let signature = decoy.repeat(decoys) + right;
        let headers = [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", signature.as_str()),
        ];
        let checked = verifier.check(headers, br#"{"test": 2432232314}"#, UnixTime::from_secs(1_614_265_330));
        assert_eq!(checked.map(drop), expected, "{decoys}");
    }
}

/// The signer of the tests signs for each of them.
#[test]
fn what_is_signed_for_them_verifies() {
    fn check<P: Provider + Default>(secret: &str, body: &str, id: Option<&str>) {
        let now = UnixTime::from_secs(1_777_882_560);
        let signed = crate::testing::sign_with_id::<P>(secret, "msg_1", body.to_owned(), now);
        let verifier = Verifier::<P>::new(Secrets::one(secret).unwrap());
        let delivery = verifier.verify(&signed.headers, signed.body, now).unwrap();
        assert_eq!(delivery.id(), id, "{}", P::default().name());
        assert_eq!(delivery.raw(), &Bytes::copy_from_slice(body.as_bytes()), "{}", P::default().name());
    }
    let body = r#"{"id":"evt_1","type":"a","event":"a","data":{"scanId":"evt_1"}}"#;
    check::<StandardWebhooks>("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body, Some("msg_1"));
    check::<Dub>("whsec_1", body, Some("evt_1"));
    check::<Qr3>("s3cret", body, Some("evt_1"));
    check::<QrLumo>("s3cret", body, Some("evt_1"));
    check::<ThreeQpr>("whsec_1", body, None);
    check::<LinkShor>("s3cret", body, None);
    check::<Scribeless>("whsec_1", body, Some("evt_1"));
    check::<CodeBox>("s3cret", body, Some("evt_1"));
    check::<JustScanIt>("s3cret", body, None);
    check::<ScanCue>("s3cret", body, Some("evt_1"));
}
