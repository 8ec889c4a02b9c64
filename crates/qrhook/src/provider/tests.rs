//! The two readings of a JSON body agree on anything that the senders may write.

use std::fmt::Debug;

use bytes::Bytes;
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use super::{codeqr, qrstudio};
use crate::event::{Envelope, JsonPayload, Oddities, Typed, read_in_one_pass, read_tolerantly};

const STUDIO: Envelope = Envelope::new("id", "type").with_created_at("created_at").with_data("data");
const CODE: Envelope = Envelope::new("id", "event").with_created_at("createdAt").with_data("data");

macro_rules! fixtures {
    ($($path:literal)*) => {
        [$(include_str!(concat!("../../tests/fixtures/", $path, ".json"))),*]
    };
}

const STUDIO_BODIES: [&str; 4] = fixtures! {
    "qrstudio/samples/scan.created" "qrstudio/samples/dynamic_qr.updated" "qrstudio/samples/quota.threshold_75"
    "qrstudio/variants/unknown-event"
};

const CODE_BODIES: [&str; 9] = fixtures! {
    "codeqr/samples/link.clicked" "codeqr/samples/link.created" "codeqr/samples/page.updated"
    "codeqr/samples/sale.created" "codeqr/samples/partner.enrolled" "codeqr/variants/partner.enrolled.nested"
    "codeqr/variants/link.created.nested" "codeqr/variants/link.clicked.raw-interaction" "codeqr/variants/unknown-event"
};

/// Returns whether the one pass reads the body. If so, the tolerant reading must give the same and note nothing.
fn agree<P: JsonPayload + PartialEq + Debug>(body: &str, envelope: &Envelope) -> Result<bool, TestCaseError> {
    let bytes = Bytes::copy_from_slice(body.as_bytes());
    let Some(event) = read_in_one_pass::<P>(body, &bytes, envelope) else { return Ok(false) };
    let mut oddities = Oddities::default();
    let tolerant = read_tolerantly::<P>(body, &bytes, envelope, &mut oddities);
    prop_assert_eq!(Some(Ok(&event)), tolerant.as_ref().map(Result::as_ref), "{}", body);
    prop_assert_eq!(oddities.into_vec(), vec![], "{}", body);
    Ok(true)
}

fn read(body: &str) -> Result<bool, TestCaseError> {
    let studio = agree::<qrstudio::Payload>(body, &STUDIO)?;
    let typed = agree::<Typed<serde_json::Value>>(body, &STUDIO)?;
    Ok(agree::<codeqr::Payload>(body, &CODE)? || studio || typed)
}

/// Returns the number of bodies that the one pass reads. A failure shows the seed.
fn compare(cases: u32, bodies: impl Strategy<Value = String>) -> usize {
    let seed = [7; 32];
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let count = std::cell::Cell::new(0_usize);
    runner
        .run(&bodies, |body| {
            count.set(count.get().saturating_add(usize::from(read(&body)?)));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("with the seed {seed:?}: {failure}"));
    count.get()
}

#[test]
fn what_the_senders_write_is_read_in_one_pass() {
    for body in STUDIO_BODIES {
        assert_eq!(agree::<qrstudio::Payload>(body, &STUDIO).ok(), Some(true), "{body}");
    }
    for body in CODE_BODIES {
        // Only the tolerant reading moves the links into a nested partner.
        let expected = !body.contains(r#""partner": {"#);
        assert_eq!(agree::<codeqr::Payload>(body, &CODE).ok(), Some(expected), "{body}");
    }
}

/// A sample with pieces inserted, removed or repeated anywhere.
#[test]
fn they_agree_on_samples_that_were_changed() {
    let pieces = fixed(&[
        "null",
        "0",
        "1",
        "-1",
        "-0",
        "1.50",
        "1e3",
        "true",
        "\"\"",
        "\"x\"",
        "\"\\u0061\"",
        "\"\\ud800\"",
        "\"2026-05-09\"",
        "[]",
        "[null]",
        "[\"a\"]",
        "{}",
        "{\"a\":1}",
        "18446744073709551616",
        " ",
        "\n\t",
        ",",
        ":",
        "\"",
        "\\",
        "\u{e9}",
        "\"id\":\"b\",",
        "\"event\":\"link.created\",",
        "\"x\":{\"y\":[1, 2]},",
        "\"dat\\u0061\":1,",
        "\"name\":null,",
        "\"link\":{\"id\":\"l\"},",
        "\"data\":{},",
    ]);
    let sample = prop::sample::select([&STUDIO_BODIES[..], &CODE_BODIES].concat());
    let change = (any::<prop::sample::Index>(), 0..12_usize, pieces);
    let bodies = (sample, prop::collection::vec(change, 0..4)).prop_map(|(sample, changes)| {
        let mut body: Vec<char> = sample.chars().collect();
        for (at, removed, piece) in changes {
            let at = at.index(body.len());
            let end = body.len().min(at + removed);
            body.splice(at..end, piece.chars());
        }
        body.into_iter().collect()
    });
    let read = compare(20_000, bodies);
    assert!(read > 2000, "{read}");
}

/// Replacements for the values of a sample, which changes of bytes seldom produce.
#[test]
fn they_agree_on_any_values() {
    let values = fixed(&[
        "null",
        "0",
        "1",
        "-5",
        "-0",
        "1.0",
        "1.50",
        "1778335283",
        "1778335283.4510",
        "true",
        "\"\"",
        "\"1\"",
        "\" 7 \"",
        "\"a b\"",
        "\"\\u00fc\\n\"",
        "\"2026-05-09T14:01:23Z\"",
        "\"2026-05-09 14:01:23\"",
        "\"2026-02-30T14:01:23Z\"",
        "\"yesterday\"",
        "[]",
        "[\"a\", null]",
        "[1]",
        "{}",
        "{ \"a\" : \"b\" }",
        "{\"a\":null}",
        "{\"id\":\"x\",\"id\":\"y\"}",
    ]);
    let names = fixed(&[
        "short_id",
        "owner_id",
        "scanned_at",
        "is_bot",
        "variants",
        "id",
        "url",
        "geo",
        "tags",
        "archived",
        "clicks",
        "createdAt",
        "interaction",
        "click",
        "link",
        "qrcode",
        "page",
        "partner",
        "links",
        "customer",
        "sale",
        "lat",
        "bot",
        "amount",
        "timestamp",
        "na\\u006de",
    ]);
    let space = || fixed(&["", "", "", " ", "\r\n"]);
    let member = |value| {
        (names.clone(), space(), space(), value)
            .prop_map(|(n, a, b, v): (_, _, _, String)| format!("\"{n}\"{a}:{b}{v}"))
    };
    let object = |value| {
        (prop::collection::vec(member(value), 0..4), space())
            .prop_map(|(members, space)| format!("{{{space}{}{space}}}", members.join(",")))
    };
    let inner = prop_oneof![3 => values.clone(), 1 => object(values.clone().boxed())].boxed();
    let data = prop_oneof![1 => values.clone(), 5 => object(inner)];
    let types = fixed(&[
        "scan.created",
        "dynamic_qr.created",
        "dynamic_qr.updated",
        "quota.threshold_75",
        "link.created",
        "qrcode.updated",
        "page.deleted",
        "lead.created",
        "sale.created",
        "partner.enrolled",
        "link.clicked",
        "qrcode.scanned",
        "page.visited",
        "new",
        "",
    ]);
    let created = (fixed(&["created_at", "createdAt"]), values.clone());
    let bodies = (types, created, data, values, prop::collection::vec(space(), 6), fixed(&["type", "event"])).prop_map(
        |(event_type, (created, at), data, value, s, name)| {
            format!(
                "{}{{{}\"id\":\"evt_1\",{}\"{name}\":\"{event_type}\",\"{created}\":{at},\"data\"{}:{}{data}{},\"x\":{value}}}{}",
                s[0], s[1], s[2], s[3], s[4], s[5], s[0]
            )
        },
    );
    let read = compare(20_000, bodies);
    assert!(read > 2000, "{read}");
}

fn fixed(texts: &[&str]) -> BoxedStrategy<String> {
    let texts: Vec<_> = texts.iter().map(ToString::to_string).collect();
    prop::sample::select(texts).boxed()
}
