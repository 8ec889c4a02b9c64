//! The settings that a receiver accepts and refuses.

use super::*;

#[test]
fn a_durable_store_widens_the_window_to_the_retries() {
    let volatile = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    assert_eq!(volatile.verifier().window(), Some(Window::both(Duration::from_secs(300))));
    let durable = Shaky(Arc::new(ShakyState { durable: true, ..ShakyState::default() }));
    let durable = builder::<QrStudio>(&durable).build().unwrap();
    let window = Window { past: Duration::from_secs(3 * 3600), future: Duration::from_secs(300) };
    assert_eq!(durable.verifier().window(), Some(window));
}

#[test]
fn settings_that_break_the_promise_are_refused() {
    type Change = fn(ReceiverBuilder<QrStudio>) -> ReceiverBuilder<QrStudio>;
    let seconds = Duration::from_secs;
    let zero = |setting| Some(ConfigError::Zero { setting });
    let floor = seconds(4 * 3600);
    let wide = Window::both(seconds(24 * 3600));
    let cases: [(&str, Change, Option<ConfigError>); 19] = [
        ("defaults", |builder| builder, None),
        ("the floor itself", |builder| builder.with_retention(Duration::from_secs(4 * 3600)), None),
        ("the longest", |builder| builder.with_retention(Terms::MAX), None),
        ("the shortest lease", |builder| builder.with_lease(Duration::from_secs(22)), None),
        ("no retention", |builder| builder.with_retention(Duration::ZERO), zero("retention")),
        ("no lease", |builder| builder.with_lease(Duration::ZERO), zero("lease")),
        ("no handler limit", |builder| builder.with_handler_limit(Duration::ZERO), zero("handler_limit")),
        ("no deadline", |builder| builder.with_deadline(Duration::ZERO), zero("deadline")),
        ("no store time", |builder| builder.with_store_time(Duration::ZERO), zero("store_time")),
        ("no body time", |builder| builder.with_body_time(Duration::ZERO), zero("body_time")),
        ("no body", |builder| builder.with_body_limit(0), zero("body_limit")),
        ("no fields", |builder| builder.with_field_limit(0), zero("field_limit")),
        ("no handlers", |builder| builder.with_max_handlers(0), zero("max_handlers")),
        (
            "room for less than one body",
            |builder| builder.with_unverified_limit(9).with_body_limit(10),
            Some(ConfigError::UnverifiedLimitTooSmall { limit: 9, body_limit: 10 }),
        ),
        (
            "forever",
            |builder| builder.with_retention(Duration::MAX),
            Some(ConfigError::TooLong { setting: "retention", limit: Terms::MAX }),
        ),
        (
            "shorter than the retries",
            |builder| builder.with_retention(Duration::from_secs(4 * 3600 - 1)),
            Some(ConfigError::RetentionBelowFloor { retention: seconds(4 * 3600 - 1), floor }),
        ),
        ("a deadline with the body's time", |builder| builder.with_deadline(Duration::from_secs(3)), None),
        (
            "a deadline before the body has arrived",
            |builder| builder.with_deadline(Duration::from_millis(2999)),
            Some(ConfigError::DeadlineTooShort { deadline: Duration::from_millis(2999), needed: seconds(3) }),
        ),
        (
            "a lease that the handler outlives",
            |builder| builder.with_lease(Duration::from_secs(21)),
            Some(ConfigError::LeaseTooShort { lease: seconds(21), needed: seconds(22) }),
        ),
    ];
    for (name, change, expected) in cases {
        assert_eq!(change(builder::<QrStudio>(&Shaky::default())).build().err(), expected, "{name}");
    }
    let windowed = builder::<QrStudio>(&Shaky::default()).with_window(wide).with_retention(seconds(48 * 3600)).build();
    let (retention, needed) = (seconds(48 * 3600), seconds(48 * 3600 + 600));
    let below = ConfigError::RetentionBelowWindow { retention, needed };
    assert_eq!(windowed.as_ref().err(), Some(&below));
    let refused = windowed.map(drop).unwrap_err().to_string();
    assert!(refused.contains("set at least 173400s, or a smaller window"), "what to change: {refused}");
    let enough = builder::<QrStudio>(&Shaky::default()).with_window(wide).with_retention(needed).build();
    assert_eq!(enough.err(), None);
    let secrets = Secrets::one(SECRET).unwrap();
    let nameless = Receiver::<QrStudio>::new(" ", secrets, MemoryStore::new());
    assert_eq!(nameless.err(), Some(ConfigError::EmptyEndpoint));
}

#[test]
fn the_deadline_is_the_one_that_was_set() {
    let receiver = |deadline: Option<u64>| {
        let builder = builder::<QrStudio>(&Shaky::default());
        match deadline {
            Some(seconds) => builder.with_deadline(Duration::from_secs(seconds)),
            None => builder,
        }
    };
    assert_eq!(receiver(None).build().unwrap().deadline(), Duration::from_millis(4500));
    assert_eq!(receiver(Some(9)).build().unwrap().deadline(), Duration::from_secs(9));
}

#[test]
fn a_secret_that_cannot_be_the_key_of_its_sender_is_refused() {
    use crate::{SecretError, standardwebhooks::StandardWebhooks};

    let build = |texts: [&str; 2]| {
        let secrets = texts.map(|text| crate::Secret::new(text).unwrap());
        Receiver::<StandardWebhooks>::new("test", Secrets::new(secrets).unwrap(), MemoryStore::new()).map(drop)
    };
    let good = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert_eq!(build([good, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]), Ok(()));
    for (text, reason) in [
        ("whsec_test!", SecretError::NotBase64),
        ("whsec_dG9vc2hvcnQ=", SecretError::KeyTooShort { bytes: 8 }),
        ("whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", SecretError::KeyPair),
    ] {
        assert_eq!(build([good, text]), Err(ConfigError::UnusableSecret { position: 1, reason }), "{text}");
    }
}
