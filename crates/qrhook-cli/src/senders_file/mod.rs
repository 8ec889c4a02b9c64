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
    let (signs_time, signs_id) = (scheme.signs_time(), scheme.signs_id());
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
    let window = table.number("window_seconds")?;
    let window = window.map(|(line, seconds)| (line, Window::both(Duration::from_secs(seconds))));
    if let Some((line, window)) = window {
        if !signs_time {
            return Err(line.problem("`window_seconds` needs a signed time: see `time_item` and `time_header`"));
        }
        policy = policy.with_window(window);
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
        // A receiver requires it too, but without a line.
        let needed = window.least_retention();
        if policy.retention < needed {
            let hours = needed.as_secs().div_ceil(3 * HOUR).saturating_sub(1);
            return Err(line.problem(format!("`window_seconds` is too long: it needs `retry_hours = {hours}`")));
        }
    }
    Ok(policy)
}

/// The largest body that can be allowed, in bytes. All unverified bodies together have 64 MiB.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

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
mod tests;
