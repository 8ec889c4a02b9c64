//! The file that describes further senders, for `--senders`.

use std::{path::Path, time::Duration};

use http::HeaderName;
use qrhook::{
    event::Layout,
    provider::{Credential, HmacScheme, PlainSender, Policy, Scheme, StoreFailure, Window},
};

use crate::{
    failure::Failure,
    sender::Sender,
    senders::Senders,
    toml_file::{self, Document, Line, Problem, Table},
};

/// The longest name of a sender, in bytes.
const LONGEST_NAME: usize = 32;

/// The names of the other paths that `listen` serves.
const PATHS: [&str; 2] = ["healthz", "readyz"];

/// Reads the senders that a file describes, besides the ones that there are already.
pub(crate) fn read(path: &Path, others: &Senders) -> Result<Vec<Sender>, Failure> {
    parse(&toml_file::read(path)?, others).map_err(|problem| Failure::usage(format!("{}, {problem}", path.display())))
}

fn parse(text: &str, others: &Senders) -> Result<Vec<Sender>, Problem> {
    let document = Document::parse(text)?;
    let mut root = document.root();
    let tables = root.tables("sender")?;
    root.end()?;
    if tables.is_empty() {
        return Err(document.root().line().problem("there is no sender: each begins with `[[sender]]`"));
    }
    let mut senders: Vec<Sender> = Vec::new();
    for table in tables {
        let sender =
            sender(table, |name| others.iter().chain(senders.iter().copied()).any(|other| other.name() == name))?;
        senders.push(sender);
    }
    Ok(senders)
}

fn sender(mut table: Table<'_>, is_taken: impl Fn(&str) -> bool) -> Result<Sender, Problem> {
    let name = name(&mut table, is_taken)?;
    let variable = variable(&mut table, name)?;
    let line = table.line();
    let scheme: Scheme = match (table.table("signature")?, table.table("credential")?) {
        (Some(signature), None) => self::signature(signature)?.into(),
        (None, Some(credential)) => self::credential(credential)?.into(),
        (None, None) => {
            return Err(line.problem(
                "the proof is missing: describe it in `[sender.signature]`, or in `[sender.credential]`, which proves little",
            ));
        }
        (Some(_), Some(_)) => return Err(line.problem("give only one of `signature` and `credential`")),
    };
    let (layout, has_ids) = match table.table("event")? {
        Some(event) => self::layout(event)?,
        None => (Layout::new(), false),
    };
    let (signs_time, signs_id) = match &scheme {
        Scheme::Hmac(scheme) => (scheme.signs_time(), scheme.signs_id()),
        _ => (false, false),
    };
    let policy = match table.table("policy")? {
        Some(policy) => self::policy(policy, signs_time)?,
        None => Policy::JSON,
    };
    table.end()?;
    // Read once, at the start, and needed until the end.
    let provider = Box::leak(Box::new(PlainSender::new(name, scheme, layout).with_policy(policy)));
    let sender = Sender::new(provider, variable);
    Ok(if has_ids || signs_id { sender } else { sender.without_ids() })
}

/// A string of the file that is needed until the program ends.
fn lasting(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

fn name(table: &mut Table<'_>, is_taken: impl Fn(&str) -> bool) -> Result<&'static str, Problem> {
    let line = table.line();
    let (line, name) = table.text("name")?.ok_or_else(|| line.problem("`name` is missing"))?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if !begins || !name.bytes().all(plain) || name.len() > LONGEST_NAME {
        return Err(line.problem(format!(
            "a `name` begins with a lowercase letter, and has lowercase letters, digits and `-`, at most {LONGEST_NAME}"
        )));
    }
    if is_taken(name) || PATHS.contains(&name) {
        return Err(line.problem(format!("the `name` {name} is taken")));
    }
    Ok(lasting(name))
}

/// The variable of the secret.
fn variable(table: &mut Table<'_>, name: &str) -> Result<&'static str, Problem> {
    let Some((line, variable)) = table.text("env")? else {
        let name = name.to_ascii_uppercase().replace('-', "_");
        return Ok(lasting(&format!("{name}_WEBHOOK_SECRET")));
    };
    crate::secrets::check_name(variable).map_err(|_| {
        line.problem(
            "`env` is not the name of a variable (letters, digits and `_`); the secret itself does not belong here",
        )
    })?;
    Ok(lasting(variable))
}

fn signature(mut table: Table<'_>) -> Result<HmacScheme, Problem> {
    let line = table.line();
    let signature = header(&mut table, "header")?.ok_or_else(|| line.problem("`header` is missing"))?;
    let mut scheme = HmacScheme::new(signature.clone());
    let (prefix, version, items) = (table.text("prefix")?, table.text("version")?, table.boolean("time_item")?);
    let has_item = matches!(items, Some((_, true)));
    if [prefix.is_some(), version.is_some(), has_item].into_iter().filter(|is_given| *is_given).count() > 1 {
        return Err(line.problem("give only one of `prefix`, `version` and `time_item`"));
    }
    if let Some((line, prefix)) = prefix {
        scheme = scheme.with_prefix(printable(line, "prefix", prefix)?);
    }
    if let Some((line, version)) = version {
        if version.contains([' ', ',']) {
            return Err(line.problem("`version` has no spaces and no commas"));
        }
        scheme = scheme.with_versions(printable(line, "version", version)?);
    }
    if has_item {
        scheme = scheme.with_timestamp_item();
    }
    if choice(&mut table, "encoding", ["hex", "base64"])? == Some("base64") {
        scheme = scheme.with_base64();
    }
    if choice(&mut table, "key", ["text", "base64"])? == Some("base64") {
        scheme = scheme.with_base64_key();
    }
    let (time, id) = (self::header(&mut table, "time_header")?, self::header(&mut table, "id_header")?);
    table.end()?;
    if has_item && time.is_some() {
        return Err(line.problem("give only one of `time_item` and `time_header`"));
    }
    let is_signature = |header: &Option<HeaderName>| header.as_ref() == Some(&signature);
    if is_signature(&time) || is_signature(&id) || (time.is_some() && time == id) {
        return Err(line.problem("`header`, `time_header` and `id_header` are different headers"));
    }
    if let Some(header) = time {
        scheme = scheme.with_time_header(header);
    }
    if let Some(header) = id {
        scheme = scheme.with_id_header(header);
    }
    Ok(scheme)
}

fn credential(mut table: Table<'_>) -> Result<Credential, Problem> {
    let line = table.line();
    let header = header(&mut table, "header")?;
    let prefix = table.text("prefix")?;
    let (basic, path) = (table.boolean("basic")?, table.boolean("path")?);
    table.end()?;
    let is_on = |member: Option<(Line, bool)>| matches!(member, Some((_, true)));
    match (header, is_on(basic), is_on(path), prefix) {
        (Some(name), false, false, prefix) => {
            let prefix = prefix.map_or(Ok(""), |(line, prefix)| printable(line, "prefix", prefix))?;
            Ok(Credential::Header { name, prefix })
        }
        (None, true, false, None) => Ok(Credential::Basic),
        (None, false, true, None) => Ok(Credential::Path),
        (None, _, _, Some((line, _))) => Err(line.problem("`prefix` belongs to a `header`")),
        _ => Err(line.problem("give one of `header`, `basic = true` and `path = true`")),
    }
}

/// The layout of the events, and whether it tells any two of them apart.
fn layout(mut table: Table<'_>) -> Result<(Layout, bool), Problem> {
    let mut layout = Layout::new();
    let id = pointer(table.text("id")?, "id")?;
    if let Some(id) = id {
        layout = layout.with_id(id);
    }
    if let Some(event_type) = pointer(table.text("type")?, "type")? {
        layout = layout.with_type(event_type);
    }
    if let Some(created_at) = pointer(table.text("created_at")?, "created_at")? {
        layout = layout.with_created_at(created_at);
    }
    if let Some(data) = pointer(table.text("data")?, "data")? {
        layout = layout.with_data(data);
    }
    let discriminators = table.texts("discriminators")?.into_iter();
    let discriminators = discriminators.map(|member| pointer(Some(member), "discriminators"));
    let discriminators: Vec<_> = discriminators.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    table.end()?;
    let has_ids = id.is_some() || !discriminators.is_empty();
    Ok((layout.with_discriminators(Vec::leak(discriminators)), has_ids))
}

fn policy(mut table: Table<'_>, signs_time: bool) -> Result<Policy, Problem> {
    const HOUR: u64 = 3600;
    let mut policy = Policy::JSON;
    let window = table.number("window_seconds")?.map(|(line, seconds)| (line, Duration::from_secs(seconds)));
    if let Some((line, window)) = window {
        if !signs_time {
            return Err(line.problem("`window_seconds` needs a signed time: see `time_item` and `time_header`"));
        }
        policy = policy.with_window(Window::both(window));
    }
    if let Some((line, bytes)) = table.number("body_limit")? {
        let limit = usize::try_from(bytes).ok().filter(|limit| *limit <= LARGEST_BODY);
        let limit = limit.ok_or_else(|| line.problem(format!("`body_limit` is at most {LARGEST_BODY} bytes")))?;
        policy = policy.with_body_limit(limit);
    }
    if let Some((line, hours)) = table.number("retry_hours")? {
        if hours > LONGEST_RETRIES {
            return Err(line.problem(format!("`retry_hours` is at most {LONGEST_RETRIES}")));
        }
        // One hour for a late attempt, and three times as long for what is sent again by hand.
        let floor = Duration::from_secs(hours.saturating_add(1).saturating_mul(HOUR));
        policy = policy.with_retention(floor.saturating_mul(3), floor);
    }
    if let Some((_, false)) = table.boolean("retries")? {
        policy = policy.with_store_failure(StoreFailure::HandOver);
    }
    table.end()?;
    if let Some((line, window)) = window {
        // As a receiver requires it: a request must not outlive the memory of its id.
        let needed = window.saturating_mul(2).saturating_add(RETENTION_MARGIN);
        if policy.retention < needed {
            let hours = needed.as_secs().div_ceil(3 * HOUR).saturating_sub(1);
            return Err(line.problem(format!("`window_seconds` is too long: it needs `retry_hours = {hours}`")));
        }
    }
    Ok(policy)
}

/// The largest body that can be allowed, in bytes. All unverified bodies together have 64 MiB.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// The time by which a receiver's retention must exceed its window.
const RETENTION_MARGIN: Duration = Duration::from_secs(600);

/// The longest retry schedule, in hours: three months.
const LONGEST_RETRIES: u64 = 90 * 24;

fn header(table: &mut Table<'_>, member: &'static str) -> Result<Option<HeaderName>, Problem> {
    let Some((line, name)) = table.text(member)? else { return Ok(None) };
    name.parse().map(Some).map_err(|_| line.problem(format!("`{member}` is not the name of a header")))
}

/// One of two words; `None` if there is no such member.
fn choice(
    table: &mut Table<'_>,
    member: &'static str,
    words: [&'static str; 2],
) -> Result<Option<&'static str>, Problem> {
    let Some((line, text)) = table.text(member)? else { return Ok(None) };
    let word = words.into_iter().find(|word| *word == text);
    let [first, second] = words;
    word.map(Some).ok_or_else(|| line.problem(format!("`{member}` is `{first}` or `{second}`")))
}

fn printable(line: Line, member: &str, text: &str) -> Result<&'static str, Problem> {
    let is_printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if text.is_empty() || text.starts_with(' ') || !is_printable {
        return Err(line.problem(format!("`{member}` is not printable ASCII text, or begins with a space")));
    }
    Ok(lasting(text))
}

/// A JSON pointer, RFC 6901.
fn pointer(member: Option<(Line, &str)>, name: &str) -> Result<Option<&'static str>, Problem> {
    let Some((line, text)) = member else { return Ok(None) };
    let escapes = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if !escapes || !text.starts_with('/') {
        let what = "a JSON pointer such as `/data/id`, in which `~1` is a slash in a name and `~0` a tilde";
        return Err(line.problem(format!("`{name}` is not {what}")));
    }
    Ok(Some(lasting(text)))
}

#[cfg(test)]
mod tests {
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
            (
                &with("signature = { header = \"a\", encoding = \"hex2\" }", ""),
                "line 3: `encoding` is `hex` or `base64`",
            ),
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
            (
                &with("signature = { header = \"a\", time_item = 1 }", ""),
                "line 3: `time_item` is not `true` or `false`",
            ),
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
            (
                &with(SIGNATURE, "event = { discriminators = [\"a\"] }"),
                "line 4: `discriminators` is not a JSON pointer",
            ),
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
}
