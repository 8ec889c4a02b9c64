//! Samples with new ids, so that no receiver takes one for a repeat.

use std::{
    borrow::Cow,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use qrhook::{UnixTime, testing::samples::Sample};
use serde::Deserialize;

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

    /// The sample with a new id; for QR Planet, which has no ids, with a new value of the field that distinguishes its
    /// events.
    pub(crate) fn fresh(&self, sender: Sender, sample: &Sample) -> Body {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let id = format!("{:016x}{count:08x}", self.run);
        match sender {
            Sender::QrStudio | Sender::CodeQr => with_id(sample, &format!("evt_{id}")),
            Sender::QrPlanet => {
                let value = match discriminator(sample) {
                    "redirects" => (self.run >> 40).saturating_mul(1_000_000_000).saturating_add(count).to_string(),
                    "uniqueid" => format!("VC-{id}"),
                    "download" => format!("https://qr1.at/download/EXAMPLE-{id}"),
                    _ => {
                        let count = i64::try_from(count).unwrap_or(i64::MAX);
                        self.time.saturating_add(count).to_string()
                    }
                };
                with_value(sample, Some(&value))
            }
        }
    }
}

/// The unchanged sample.
pub(crate) fn unchanged(sender: Sender, sample: &Sample) -> Body {
    match sender {
        Sender::QrStudio | Sender::CodeQr => {
            Body { id: json_id(sample).into_owned(), bytes: Bytes::from_static(sample.body) }
        }
        Sender::QrPlanet => with_value(sample, None),
    }
}

/// The field that distinguishes two events of this type, or the time if there is none.
fn discriminator(sample: &Sample) -> &'static str {
    match sample.name {
        "QR_CODE_SCANNED" => "redirects",
        "VOUCHER_REDEEMED" => "uniqueid",
        "JOB_FINISHED" => "download",
        _ => "timestamp",
    }
}

fn json_id(sample: &Sample) -> Cow<'static, str> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
    }
    serde_json::from_slice(sample.body).map(|Envelope { id }| id).unwrap_or_default()
}

fn with_id(sample: &Sample, id: &str) -> Body {
    let text = String::from_utf8_lossy(sample.body);
    let bytes = text.replacen(&format!("\"{}\"", json_id(sample)), &format!("\"{id}\""), 1).into();
    Body { id: id.to_owned(), bytes }
}

fn with_value(sample: &Sample, new: Option<&str>) -> Body {
    let name = discriminator(sample);
    let (mut id, mut form) = (String::new(), form_urlencoded::Serializer::new(String::new()));
    for (field, value) in form_urlencoded::parse(sample.body) {
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
    use qrhook::{Secrets, testing};

    use super::*;
    use crate::sender::with_provider;

    #[test]
    fn every_sample_gets_a_new_id_and_stays_what_it_is() {
        let now = UnixTime::now();
        let ids = Ids { run: 0xfedc_ba98_7654_3210, time: now.as_secs(), count: AtomicU64::new(0) };
        let secrets = Secrets::one("s").unwrap();
        for sender in Sender::ALL {
            for sample in testing::samples::of(sender.name()) {
                let (first, second) = (ids.fresh(sender, sample), ids.fresh(sender, sample));
                assert_ne!(first.id, second.id, "{}", sample.name);
                assert_ne!(first.bytes, second.bytes, "{}", sample.name);
                with_provider!(sender, P => {
                    let request = testing::sign::<P>("s", first.bytes, now);
                    let delivery = qrhook::verify::<P>(&request.headers, request.body, &secrets, now).unwrap();
                    assert_eq!(delivery.event_type(), Some(sample.name));
                    assert!(delivery.oddities().is_empty(), "{}: {:?}", sample.name, delivery.oddities());
                    if sender != Sender::QrPlanet {
                        assert_eq!(delivery.id(), Some(&*first.id));
                        assert_eq!(unchanged(sender, sample).bytes, sample.body);
                    }
                });
            }
        }
    }
    #[test]
    fn a_seed_makes_the_same_events_again_and_another_seed_others() {
        for sender in Sender::ALL {
            for sample in testing::samples::of(sender.name()) {
                let bodies = [1, 1, 2].map(|seed| {
                    let ids = Ids::seeded(seed);
                    [ids.fresh(sender, sample).bytes, ids.fresh(sender, sample).bytes]
                });
                assert_eq!(bodies[0], bodies[1], "{}", sample.name);
                assert_ne!(bodies[0][0], bodies[0][1], "{}", sample.name);
                assert_ne!(bodies[0][0], bodies[2][0], "{}", sample.name);
            }
        }
    }
}
