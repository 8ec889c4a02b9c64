//! Descriptions of senders, and the problems in them.

use qrhook::{Provider, Secrets, UnixTime, Verifier, testing};

use super::*;

const WHOLE: &str = r#"
[[sender]]
name = "menucode"
env = "MENUCODE_KEY"

[sender.signature]
header = "X-MenuCode-Signature"
version = "v1"
encoding = "base64"
key = "base64"
time_header = "X-MenuCode-Time"
id_header = "X-MenuCode-Id"

[sender.event]
id = "/meta/id"
type = "/meta/kind"
created_at = "/meta/at"
data = "/scan~1s"

[sender.policy]
window_seconds = 60
body_limit = 1000
retry_hours = 24
retries = false
"#;

fn senders(text: &str) -> Vec<Sender> {
    parse(text, &Senders::built_in()).unwrap_or_else(|problem| panic!("{problem}: {text}"))
}

fn problem(text: &str) -> String {
    parse(text, &Senders::built_in()).expect_err(text).to_string()
}

/// A file with one sender of this proof, and with these further lines.
fn with(proof: &str, more: &str) -> String {
    format!("[[sender]]\nname = \"acme\"\n{proof}\n{more}")
}

const SIGNATURE: &str = "signature = { header = \"x-acme\" }";

#[test]
fn a_description_has_an_effect_in_every_part() {
    let [sender] = senders(WHOLE)[..] else { panic!("one sender") };
    assert_eq!((sender.name(), sender.variable()), ("menucode", "MENUCODE_KEY"));
    assert!(sender.has_ids() && sender.signs_time() && sender.credential().is_none());
    let policy = sender.policy();
    assert_eq!((policy.window, policy.body_limit), (Some(Window::both(Duration::from_secs(60))), 1000));
    assert_eq!(policy.retention_floor, Duration::from_secs(25 * 3600));
    assert_eq!(policy.retention, Duration::from_secs(75 * 3600));
    assert_eq!(policy.store_failure, StoreFailure::HandOver);

    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let now = UnixTime::from_secs(1_778_335_283);
    let body = r#"{"meta":{"id":"of the body","kind":"scan","at":1778335283},"scan/s":[1]}"#;
    let request = testing::sign_as(&sender, secret, Some("ev-1"), body, now);
    assert_eq!(request.headers["x-menucode-id"], "ev-1");
    assert!(request.headers["x-menucode-signature"].to_str().unwrap().starts_with("v1,"));
    let verifier = Verifier::of(sender, Secrets::one(secret).unwrap());
    let delivery = verifier.verify(&request.headers, body, now).unwrap();
    assert_eq!((delivery.id(), delivery.event_type()), (Some("ev-1"), Some("scan")));
    assert_eq!(delivery.created_at().map(|time| time.as_str()), Some("1778335283"));
    assert_eq!(delivery.event().data(body.as_bytes()).as_deref(), Some("[1]"));
}

#[test]
fn little_is_required() {
    let [sender] = senders(&with(SIGNATURE, ""))[..] else { panic!("one sender") };
    assert_eq!((sender.name(), sender.variable()), ("acme", "ACME_WEBHOOK_SECRET"));
    assert_eq!(sender.policy(), Policy::JSON);
    assert!(!sender.has_ids() && !sender.signs_time());
}

#[test]
fn a_repeat_is_recognised_by_an_id_or_by_discriminators() {
    for (more, expected) in [
        ("", false),
        ("event = { type = \"/t\", data = \"/d\" }", false),
        ("event = { id = \"/i\" }", true),
        ("event = { discriminators = [\"/code\", \"/count\"] }", true),
        ("event = { discriminators = [] }", false),
    ] {
        assert_eq!(senders(&with(SIGNATURE, more))[0].has_ids(), expected, "{more}");
    }
    let signed = "signature = { header = \"x-acme\", id_header = \"x-id\" }";
    assert!(senders(&with(signed, ""))[0].has_ids());
}

#[test]
fn a_credential_is_possible_in_three_places() {
    let credential = |text: &str| senders(&with(&format!("credential = {{ {text} }}"), ""))[0].credential();
    let header = |name, prefix| Some(Credential::Header { name: HeaderName::from_static(name), prefix });
    assert_eq!(credential("header = \"X-Token\""), header("x-token", ""));
    assert_eq!(credential("header = \"Authorization\", prefix = \"Bearer \""), header("authorization", "Bearer "));
    assert_eq!(credential("basic = true"), Some(Credential::Basic));
    assert_eq!(credential("path = true, basic = false"), Some(Credential::Path));
}

#[test]
fn a_problem_names_its_line_and_repeats_no_value() {
    let long = format!("[[sender]]\nname = \"{}\"", "a".repeat(33));
    for (text, expected) in [
        ("", "line 1: there is no sender: each begins with `[[sender]]`"),
        ("[[senders]]", "line 1: `senders` is not known here; known are sender"),
        ("[[sender]]\nname = \"a", "line 2: "),
        ("\n[[sender]]", "line 2: `name` is missing"),
        ("[[sender]]\nname = 7", "line 2: `name` is not a string in quotes"),
        ("[[sender]]\nname = \"Acme\"", "line 2: a `name` begins with a lowercase letter"),
        ("[[sender]]\nname = \"\"", "line 2: a `name` begins with a lowercase letter"),
        ("[[sender]]\nname = \"a/b\"", "line 2: a `name` begins with a lowercase letter"),
        ("[[sender]]\nname = \"3qr\"", "line 2: a `name` begins with a lowercase letter"),
        (&long, "line 2: a `name` begins with a lowercase letter"),
        ("[[sender]]\nname = \"dub\"", "line 2: the `name` dub is taken"),
        ("[[sender]]\nname = \"readyz\"", "line 2: the `name` readyz is taken"),
        ("[[sender]]\nname = \"a\"", "line 1: the proof is missing"),
        (&with(SIGNATURE, "env = \"s3cret-value\""), "line 4: `env` is not the name of a variable"),
        (&with(SIGNATURE, "credential = { path = true }"), "line 1: give only one of `signature` and `credential`"),
        (&with(SIGNATURE, "colour = 1"), "line 4: `colour` is not known here"),
        (&with("signature = {}", ""), "line 3: `header` is missing"),
        (&with("signature = { header = \"a b\" }", ""), "line 3: `header` is not the name of a header"),
        (&with("signature = { header = \"a\", hash = \"md5\" }", ""), "line 3: `hash` is not known here"),
        (
            &with("signature = { header = \"a\", prefix = \"p\", version = \"v1\" }", ""),
            "line 3: give only one of `prefix`, `version` and `time_item`",
        ),
        (
            &with("signature = { header = \"a\", time_item = true, time_header = \"b\" }", ""),
            "line 3: give only one of `time_item` and `time_header`",
        ),
        (&with("signature = { header = \"a\", prefix = \"é\" }", ""), "line 3: `prefix` is not printable"),
        (&with("signature = { header = \"a\", encoding = \"hex2\" }", ""), "line 3: `encoding` is `hex` or `base64`"),
        (
            &with("signature = { header = \"a\", time_header = \"A\" }", ""),
            "line 3: `header`, `time_header` and `id_header` are different headers",
        ),
        (
            &with("signature = { header = \"a\", time_header = \"b\", id_header = \"b\" }", ""),
            "line 3: `header`, `time_header` and `id_header` are different headers",
        ),
        (&with("signature = { header = \"a\", version = \"v1,\" }", ""), "line 3: `version` has no spaces"),
        (&with("signature = { header = \"a\", prefix = \"\" }", ""), "line 3: `prefix` is not printable"),
        (
            &with(
                "signature = { header = \"a\", time_item = true }",
                "policy = { window_seconds = 20000, retry_hours = 1 }",
            ),
            "line 4: `window_seconds` is too long: it needs `retry_hours = 3`",
        ),
        (&with("signature = { header = \"a\", key = \"raw\" }", ""), "line 3: `key` is `text` or `base64`"),
        (&with("signature = { header = \"a\", time_item = 1 }", ""), "line 3: `time_item` is not `true` or `false`"),
        (&with("signature = \"a\"", ""), "line 3: `signature` is not a table"),
        (&with("credential = {}", ""), "line 3: give one of `header`, `basic = true` and `path = true`"),
        (&with("credential = { basic = true, path = true }", ""), "line 3: give one of `header`"),
        (&with("credential = { basic = true, prefix = \"a\" }", ""), "line 3: `prefix` belongs to a `header`"),
        (&with(SIGNATURE, "event = { id = \"id\" }"), "line 4: `id` is not a JSON pointer"),
        (&with(SIGNATURE, "event = { type = \"/a~2\" }"), "line 4: `type` is not a JSON pointer"),
        (
            &with(SIGNATURE, "event = { discriminators = \"/a\" }"),
            "line 4: `discriminators` is not a list of strings in quotes",
        ),
        (&with(SIGNATURE, "event = { discriminators = [\"a\"] }"), "line 4: `discriminators` is not a JSON pointer"),
        (&with(SIGNATURE, "policy = { window_seconds = 5 }"), "line 4: `window_seconds` needs a signed time"),
        (&with(SIGNATURE, "policy = { retry_hours = 0 }"), "line 4: `retry_hours` is not a positive whole number"),
        (&with(SIGNATURE, "policy = { retry_hours = 9999 }"), "line 4: `retry_hours` is at most 2160"),
        (&with(SIGNATURE, "policy = { body_limit = 99999999 }"), "line 4: `body_limit` is at most 16777216 bytes"),
    ] {
        assert!(problem(text).starts_with(expected), "{text}: {}", problem(text));
        assert!(!problem(text).contains("s3cret"), "{text}");
    }
    let twice = format!("{}\n{}", with(SIGNATURE, ""), with(SIGNATURE, ""));
    assert_eq!(problem(&twice), "line 6: the `name` acme is taken");
}

/// A damaged file is a problem with a line, or another description, and never a panic.
#[test]
fn a_file_that_is_damaged_anywhere_does_not_panic() {
    let names_a_line = |text: &str| {
        if let Err(problem) = parse(text, &Senders::built_in()) {
            assert!(problem.to_string().starts_with("line "), "{problem}: {text}");
        }
    };
    for at in 0..WHOLE.len() {
        names_a_line(&WHOLE[..at]);
        names_a_line(&[&WHOLE[..at], &WHOLE[at + 1..]].concat());
        for byte in ["\"", "[", "]", "=", "\n", "\u{0}", "7", "{", "#"] {
            names_a_line(&[&WHOLE[..at], byte, &WHOLE[at + 1..]].concat());
        }
    }
    for deep in ["[", "{a=", "a=[", "[a."] {
        names_a_line(&deep.repeat(100_000));
    }
}
