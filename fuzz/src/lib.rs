//! What the fuzz targets share.

use std::fmt::Debug;

use bytes::Bytes;
use qrhook::{BodyProblem, Delivery, Provider, Secrets, UnixTime, VerifyError, WebhookEvent, testing};

pub mod token_sender;

pub const SECRET: &str = "FUZZ-secret-of-the-fuzz-targets";
pub const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);

/// The most oddities that a delivery may list.
const ODDITIES: usize = 64;

/// Signs a body, and reads it as the event of this sender. An authentic body is an event or a [`BodyProblem`].
///
/// # Panics
///
/// If a delivery breaks a promise.
pub fn signed<P: Provider + Default>(body: &[u8]) -> Option<Delivery<P>> {
    let request = testing::sign::<P>(SECRET, body.to_vec(), NOW);
    let secrets = Secrets::one(SECRET).expect("a usable secret");
    let verify = || qrhook::verify::<P>(&request.headers, request.body.clone(), &secrets, NOW);
    let read = verify();
    let delivery = authentic(read).ok()?;
    assert_eq!(described(&delivery), described(&verify().expect("verified before")), "two readings differ");
    check(&delivery);
    Some(delivery)
}

/// Returns the delivery, or the reason why its content is not an event.
///
/// # Panics
///
/// If the body was refused for any other reason.
pub fn authentic<P: Provider + Default>(read: Result<Delivery<P>, VerifyError>) -> Result<Delivery<P>, BodyProblem> {
    read.map_err(|error| match error {
        VerifyError::UnusableBody(problem) => problem,
        other => panic!("an authentic body was refused: {other}"),
    })
}

/// Checks what every delivery promises.
///
/// # Panics
///
/// If the delivery breaks a promise.
pub fn check<P: Provider + Default>(delivery: &Delivery<P>) {
    assert!(delivery.oddities().len() <= ODDITIES, "too many oddities");
    for oddity in delivery.oddities() {
        let line = oddity.to_string();
        assert!(line.len() < 4096 && !line.contains('\n'), "an oddity is no short line: {line}");
    }
    assert_ne!(delivery.id(), Some(""), "an empty id");
    assert!(delivery.event().known_type().is_none_or(|known| known == "other" || delivery.event_type() == Some(known)));
    let debug = described(delivery);
    assert!(!debug.contains(SECRET), "the secret is shown");
    if let Some(scan) = delivery.scan() {
        assert!(!format!("{scan:?}").is_empty());
    }
}

fn described(value: &impl Debug) -> String {
    format!("{value:?}")
}

/// Returns the bytes up to the first line break, and those after it.
pub fn split_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}

/// A body of a sender that signs it.
pub fn body(data: &[u8]) -> Bytes {
    Bytes::copy_from_slice(data)
}
