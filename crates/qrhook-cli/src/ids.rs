//! Samples with new ids, so that no receiver takes one for a repeat.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use qrhook::{Provider, UnixTime, WebhookEvent, event::Identity, provider::Content};

use crate::{failure::Failure, sender::Sender};

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
    /// events. An event of another sender without ids stays what it is.
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
    let decoded = sender.decode(Content::Body(body));
    let old = decoded.as_ref().ok().and_then(|decoded| match decoded.event.identity() {
        Identity::Id(id) => Some(id),
        _ => None,
    });
    let Some((old, new)) = old.zip(new) else {
        return Body { id: new.or(old).unwrap_or("msg_unchanged").to_owned(), bytes: body.clone() };
    };
    let bytes = String::from_utf8_lossy(body).replacen(&format!("\"{old}\""), &format!("\"{new}\""), 1).into();
    Body { id: new.to_owned(), bytes }
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
