//! `qrhook doctor`: the known mistakes that explain a rejected request.

mod base64;
mod body;
mod capture;
mod form;
mod json;
mod note;
mod search;
mod secret;
mod signature;
mod suspicion;

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use qrhook::{Provider, Secret, Secrets, UnixTime, Verifier, VerifyError};
use tracing_subscriber::filter::LevelFilter;

use self::{
    note::Note,
    search::{Configured, search},
};
use crate::{
    failure::Failure,
    logs, parse,
    platform::Platform,
    request::RequestArgs,
    saved,
    secrets::{SecretArgs, check_name, without_line_break},
    secrets_file::SecretsFile,
    sender_args::SenderArgs,
    terminal,
};

/// Find out why a request is rejected
///
/// Tries, offline, the mistakes that happen in practice, alone and together: a secret with white space, quotes or
/// without its prefix, a body that was parsed and serialised again, trimmed, decoded or cut off, joined headers, and
/// more. Says which of them explain the request, and what to change. Never prints a secret or a valid signature.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The platform that should have sent the request
    #[arg(value_name = "SENDER")]
    platform: Platform,
    #[command(flatten)]
    request: RequestArgs,
    /// Take the next request that reaches this address; the response is 503, so that the platform tries again
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["headers", "body", "content_type", "request"])]
    capture: Option<String>,
    /// Keep the request in a new file, for --request of `doctor` and `verify`
    ///
    /// It holds the body, and for QR Planet the token: only you can read it, and you should not send it to anybody.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    secrets: SecretArgs,
    /// The TOML file with the secrets of `qrhook listen --secrets`
    ///
    /// Those of this sender and --tenant are expected. All others are tried as well, with those that were replaced.
    #[arg(long = "secrets", value_name = "FILE", conflicts_with = "variables")]
    secrets_file: Option<PathBuf>,
    #[command(flatten)]
    senders: SenderArgs,
    /// The tenant that the request is for
    #[arg(long, value_name = "NAME", requires = "secrets_file")]
    tenant: Option<String>,
}

const HELP: &str = "\
Example:
  export QRSTUDIO_WEBHOOK_SECRET='whsec_...'
  qrhook doctor qrstudio --header 'X-QRStudio-Signature: t=1778335283,v1=c264cc...' \\
         --body request.json
  qrhook doctor qrstudio --capture 127.0.0.1:8080 --save request.http

Output: `authentic`, or `rejected: REASON`; then `cause: WORD: explanation` and the remedy for each mistake, or `cause: \
none of the known mistakes` with what was tried.

Exit codes: 0 authentic, 1 rejected, 2 wrong usage, an unreadable file, or no secret.

Environment: the secret is in QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET or QRPLANET_SECRET_TOKEN, unless \
--secret-env names another variable. The variables of the other senders are tried as well, if they are set. --secrets \
replaces all of these variables.";

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    logs::start(LevelFilter::OFF)?;
    let secrets = configured(args)?;
    let (report, authentic) = examine(args, &secrets)?;
    terminal::print(report.as_bytes())?;
    if authentic { Ok(()) } else { Err(Failure::Reported) }
}

/// The secrets that are expected, then those of the other senders. Unlike a receiver, this takes spoiled ones.
fn configured(args: &Args) -> Result<Vec<Configured>, Failure> {
    match &args.secrets_file {
        Some(path) => configured_in_file(path, args),
        None => configured_in_variables(args),
    }
}

fn configured_in_file(path: &Path, args: &Args) -> Result<Vec<Configured>, Failure> {
    let (file, now) = (SecretsFile::read(path, &args.senders.read()?)?, parse::moment(args.request.at));
    let mut all = Vec::new();
    for ((sender, tenant), entries) in &file.hooks {
        let is_expected = *sender == args.platform.sender() && *tenant == args.tenant;
        for entry in entries {
            let mut place = format!("{} ({}", path.display(), sender.name());
            for part in [("tenant", tenant), ("label", &entry.label)] {
                if let (name, Some(value)) = part {
                    // Writing to a `String` never fails.
                    let _ = write!(place, ", {name} {value:?}");
                }
            }
            place.push(')');
            let replaced = entry.not_after.filter(|end| *end < now);
            let expected = is_expected && replaced.is_none();
            all.push(Configured { place, text: entry.text.to_string(), expected, replaced });
        }
    }
    if all.iter().any(|secret| secret.expected) {
        return Ok(all);
    }
    Err(SecretsFile::lacks(path, args.platform.sender(), args.tenant.as_deref()))
}

fn configured_in_variables(args: &Args) -> Result<Vec<Configured>, Failure> {
    let expected = args.secrets.variables(args.platform.sender());
    let mut all = Vec::new();
    let read = |variable: &str| std::env::var_os(variable).map(|text| text.to_string_lossy().into_owned());
    for variable in &expected {
        check_name(variable)?;
        let text = read(variable).filter(|text| !text.trim().is_empty());
        let text =
            text.ok_or_else(|| Failure::usage(format!("the environment variable {variable} is not set, or empty")))?;
        all.push(Configured { place: (*variable).to_owned(), text, expected: true, replaced: None });
    }
    for variable in Platform::ALL.map(Platform::variable) {
        if !expected.contains(&variable)
            && let Some(text) = read(variable).filter(|text| !text.trim().is_empty())
        {
            all.push(Configured { place: variable.to_owned(), text, expected: false, replaced: None });
        }
    }
    Ok(all)
}

/// The report, and whether the request is authentic as it is.
fn examine(args: &Args, secrets: &[Configured]) -> Result<(String, bool), Failure> {
    // A cut or an added byte must not hide behind the limit.
    let (headers, body) = request(args, args.platform.sender().policy().body_limit.saturating_mul(2))?;
    let headers = &headers;
    let now = parse::moment(args.request.at);
    let verdict = verdict(args.platform, headers, body.clone(), secrets, now);
    let mut report = String::new();
    let error = match verdict {
        Ok(()) => {
            report.push_str("authentic\n");
            return Ok((report, true));
        }
        Err(error) => error,
    };
    let mut say = |line: &str| {
        // Writing to a `String` never fails.
        let _ = writeln!(report, "{line}");
    };
    match &error {
        Some(error) => say(&format!("rejected: {}: {error}", error.reason())),
        None => say("rejected: no usable secret"),
    }
    for finding in findings(args.platform, headers, &body, secrets, error.as_ref()) {
        say(&finding);
    }
    Ok((report, false))
}

/// The request, captured or from files and arguments. It is saved if it should be.
fn request(args: &Args, limit: usize) -> Result<(HeaderMap, Bytes), Failure> {
    // Before a request is taken, which its platform counts as a failed attempt.
    let file = args.save.as_deref().map(saved::Saved::create).transpose()?;
    let request = match &args.capture {
        Some(address) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start the runtime: {error}")))?;
            runtime.block_on(capture::next_request(address, limit))?
        }
        None => args.request.read(args.platform.sender(), limit)?,
    };
    if let Some(file) = file {
        file.write(&request)?;
    }
    let (head, body) = request.into_parts();
    Ok((head.headers, body))
}

/// Verifies as a receiver does. `None` as the error if no configured secret can be used.
fn verdict(
    platform: Platform,
    headers: &HeaderMap,
    body: Bytes,
    secrets: &[Configured],
    now: UnixTime,
) -> Result<(), Option<VerifyError>> {
    let expected = secrets.iter().filter(|secret| secret.expected);
    let usable = expected.filter_map(|secret| Secret::new(without_line_break(&secret.text)).ok());
    let secrets = Secrets::new(usable).map_err(|_| None)?;
    Verifier::of(platform.sender(), secrets).verify(headers, body, now).map(drop).map_err(Some)
}

/// The lines of the report after the reason.
fn findings(
    platform: Platform,
    headers: &HeaderMap,
    body: &[u8],
    secrets: &[Configured],
    error: Option<&VerifyError>,
) -> Vec<String> {
    let cause = |word: &str, text: &str, fix: &str| vec![format!("cause: {word}: {text}"), format!("  {fix}")];
    if let Some(VerifyError::Stale { signed_at, now, .. }) = error {
        let age = now.since(*signed_at).as_secs();
        return cause(
            "clock-or-age",
            &format!("the signature is right, but {age} s old"),
            "Check the clock of this machine (`timedatectl`). If it is right, this is a late retry or a replay: a receiver \
             with a durable store accepts retries that are up to 3 h old. For a saved request, pass --at.",
        );
    }
    if let Some(VerifyError::Future { signed_at, now, .. }) = error {
        let ahead = signed_at.since(*now).as_secs();
        return cause(
            "clock",
            &format!("the signature is right, but from {ahead} s in the future"),
            "Set the clock of this machine (`timedatectl`). For a saved request, pass --at.",
        );
    }
    if fits_another_content_type(platform, body, secrets) {
        let note = Note::ContentTypeIsWrong;
        return cause(note.cause(), &note.to_string(), note.fix());
    }
    if let Some(VerifyError::UnsupportedMediaType | VerifyError::BodyTooLarge { .. } | VerifyError::UnusableBody(_)) =
        error
    {
        return cause("body", "the body cannot be an event of this sender", "See the reason above.");
    }
    let found = match platform.signature_header() {
        None => form::search(body, secrets),
        Some(name) => {
            // A header may hold quotes that are not ASCII.
            let values = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
            let values: Vec<_> = values.collect();
            let values: Vec<&str> = values.iter().map(|value| &**value).collect();
            if values.is_empty() {
                return suspicion::missing_header(headers, name);
            }
            if values.len() > 1 {
                return cause(
                    "repeated-header",
                    "the request has two signature headers",
                    "Send one request per event: a proxy merged two, or somebody replays a request.",
                );
            }
            let signatures = signature::signatures(platform, &values);
            search(platform, secrets, &signatures, body, platform.sender().policy().body_limit)
        }
    };
    match found.notes {
        Some(notes) => notes.iter().flat_map(|note| cause(note.cause(), &note.to_string(), note.fix())).collect(),
        None => {
            let mut lines = suspicion::cut_off(headers, body);
            lines.extend(suspicion::other_kind(platform, secrets));
            let is_suspected = !lines.is_empty();
            lines.extend(suspicion::nothing_found(platform, found.tried, found.cut_short, is_suspected));
            lines
        }
    }
}

/// Whether the body is authentic under another content type than its own.
fn fits_another_content_type(platform: Platform, body: &[u8], secrets: &[Configured]) -> bool {
    if platform.signature_header().is_some() {
        return false;
    }
    // The boundary of a multipart form is the first line of the body.
    let boundary = body.strip_prefix(b"--").and_then(|body| body.split(|byte| b"\r\n".contains(byte)).next());
    let boundary = boundary.and_then(|boundary| std::str::from_utf8(boundary).ok());
    let multipart = boundary.map(|boundary| format!("multipart/form-data; boundary=\"{boundary}\""));
    let types =
        ["application/x-www-form-urlencoded", "application/json"].map(str::to_owned).into_iter().chain(multipart);
    types.filter_map(|content_type| HeaderValue::from_str(&content_type).ok()).any(|content_type| {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type)]);
        verdict(platform, &headers, Bytes::copy_from_slice(body), secrets, UnixTime::now()).is_ok()
    })
}
