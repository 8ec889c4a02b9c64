//! Samples with new ids, so that no receiver takes one for a repeat.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use qrhook::{Provider, UnixTime, WebhookEvent, event::Identity, provider::Content};

use crate::{failure::Failure, json, sender::Sender};

/// Makes new ids.
#[derive(Debug)]
pub(crate) struct Ids {
    run: u64,
    /// The first of the times that replace ids, in Unix seconds.
    time: i64,
    count: AtomicU64,
}

/// A body to sign, and its id for a receiver.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) id: String,
    pub(crate) bytes: Bytes,
}

impl Ids {
    /// Ids that no other run uses.
    pub(crate) fn new() -> Result<Self, Failure> {
        let run = getrandom::u64().map_err(|error| Failure::failed(format!("no random numbers: {error}")))?;
        Ok(Self { run, time: UnixTime::now().as_secs(), count: AtomicU64::new(0) })
    }

    /// The same ids for the same number.
    pub(crate) fn seeded(seed: u16) -> Self {
        let time = i64::from(seed).saturating_mul(1_000_000_000);
        Self { run: u64::from(seed) << 40, time, count: AtomicU64::new(0) }
    }

    /// The event with a new id; for QR Planet, which has no ids, with a new value of the field that distinguishes its
    /// events. An event of another sender without ids, or with one that is not a string, stays what it is.
    pub(crate) fn fresh(&self, sender: Sender, name: &str, body: &Bytes) -> Body {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let id = format!("{:016x}{count:08x}", self.run);
        if !sender.sends_forms() {
            return with_id(sender, body, Some(&format!("evt_{id}")));
        }
        let value = match discriminator(name) {
            "redirects" => (self.run >> 40).saturating_mul(1_000_000_000).saturating_add(count).to_string(),
            "uniqueid" => format!("VC-{id}"),
            "download" => format!("https://qr1.at/download/EXAMPLE-{id}"),
            _ => {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.time.saturating_add(count).to_string()
            }
        };
        with_value(name, body, Some(&value))
    }
}

/// The unchanged event.
pub(crate) fn unchanged(sender: Sender, name: &str, body: &Bytes) -> Body {
    if sender.sends_forms() { with_value(name, body, None) } else { with_id(sender, body, None) }
}

/// The field that distinguishes two events of this type, or the time if there is none.
fn discriminator(name: &str) -> &'static str {
    match name {
        "QR_CODE_SCANNED" => "redirects",
        "VOUCHER_REDEEMED" => "uniqueid",
        "JOB_FINISHED" => "download",
        _ => "timestamp",
    }
}

fn with_id(sender: Sender, body: &Bytes, new: Option<&str>) -> Body {
    let old = id_of(sender, body);
    if let (Some(old), Some(new)) = (&old, new) {
        let text = String::from_utf8_lossy(body).replacen(&json::of(old), &json::of(new), 1);
        let changed = Bytes::from(text);
        if id_of(sender, &changed).as_deref() == Some(new) {
            return Body { id: new.to_owned(), bytes: changed };
        }
    }
    // The id of a header takes the place of one in the body.
    let id = match new.filter(|_| old.is_none() || sender.signs_id()) {
        Some(new) => new.to_owned(),
        None => old.filter(|old| !sender.signs_id() || is_header_id(old)).unwrap_or_else(|| UNCHANGED.to_owned()),
    };
    Body { id, bytes: body.clone() }
}

/// The id in this body.
fn id_of(sender: Sender, body: &Bytes) -> Option<String> {
    let decoded = sender.decode(Content::Body(body)).ok()?;
    match decoded.event.identity() {
        Identity::Id(id) => Some(id.to_owned()),
        _ => None,
    }
}

/// The id in the header of an event that is sent unchanged and has no other one.
const UNCHANGED: &str = "msg_unchanged";

/// Whether a receiver accepts this id in a header.
pub(crate) fn is_header_id(id: &str) -> bool {
    (1..=256).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.')
}

fn with_value(name: &str, body: &[u8], new: Option<&str>) -> Body {
    let name = discriminator(name);
    let (mut id, mut form) = (String::new(), form_urlencoded::Serializer::new(String::new()));
    for (field, value) in form_urlencoded::parse(body) {
        let value = if field == name { new.map_or(value, Cow::Borrowed) } else { value };
        if field == name {
            id = format!("{name}={value}");
        }
        form.append_pair(&field, &value);
    }
    Body { id, bytes: form.finish().into() }
}

#[cfg(test)]
mod tests {
    use qrhook::{Secrets, Verifier, testing};

    use super::*;
    use crate::platform::Platform;

    /// Every sample of every platform.
    fn samples() -> impl Iterator<Item = (Platform, &'static str, Bytes)> {
        let of =
            |platform: Platform| testing::samples::of(platform.name()).iter().map(move |sample| (platform, sample));
        let all = Platform::ALL.into_iter().flat_map(of);
        all.map(|(platform, sample)| (platform, sample.name, Bytes::from_static(sample.body)))
    }

    #[test]
    fn every_sample_gets_a_new_id_and_stays_what_it_is() {
        let now = UnixTime::now();
        let ids = Ids { run: 0xfedc_ba98_7654_3210, time: now.as_secs(), count: AtomicU64::new(0) };
        let secrets = Secrets::one("s").unwrap();
        for (platform, name, body) in samples() {
            let sender = platform.sender();
            let (first, second) = (ids.fresh(sender, name, &body), ids.fresh(sender, name, &body));
            assert_ne!(first.id, second.id, "{name}");
            assert_ne!(first.bytes, second.bytes, "{name}");
            let request = testing::sign_as(&sender, "s", None, first.bytes, now);
            let delivery = Verifier::of(sender, secrets.clone()).verify(&request.headers, request.body, now).unwrap();
            assert_eq!(delivery.event_type(), Some(name));
            assert!(delivery.oddities().is_empty(), "{name}: {:?}", delivery.oddities());
            if platform != Platform::QrPlanet {
                assert_eq!(delivery.id(), Some(&*first.id));
                assert_eq!(unchanged(sender, name, &body).bytes, body);
            }
        }
    }

    #[test]
    fn a_seed_makes_the_same_events_again_and_another_seed_others() {
        for (platform, name, body) in samples() {
            let bodies = [1, 1, 2].map(|seed| {
                let ids = Ids::seeded(seed);
                [(); 2].map(|()| ids.fresh(platform.sender(), name, &body).bytes)
            });
            assert_eq!(bodies[0], bodies[1], "{name}");
            assert_ne!(bodies[0][0], bodies[0][1], "{name}");
            assert_ne!(bodies[0][0], bodies[2][0], "{name}");
        }
    }
}
