//! `qrhook verify`: one request, from files and arguments.

use std::{path::PathBuf, time::Duration};

use qrhook::{
    Head, Provider, Secrets, Verifier,
    provider::{Credential, Window},
};
use tracing_subscriber::filter::LevelFilter;

use crate::{
    event_line,
    failure::{Failure, chain},
    logs, parse,
    platform::Platform,
    request::RequestArgs,
    secrets::SecretArgs,
    secrets_file::SecretsFile,
    sender::Sender,
    sender_args::{SenderArgs, SenderName},
    senders::Senders,
    terminal,
};

/// Verify one captured request, and print its event
///
/// Checks the signature (or token) and the time window, and prints the event as one line of JSON. The window is 300 s
/// unless --tolerance is given; a receiver with a durable store accepts signatures that are up to 3 h old. For a
/// request that is not authentic, prints `rejected: REASON: explanation` on standard error.
///
/// The body must be exactly the bytes that were received. A body that was parsed and serialised again, or that gained a
/// line break at its end, has a different signature.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The sender of the request
    #[arg(value_parser = SenderName::PARSER)]
    sender: SenderName,
    #[command(flatten)]
    senders: SenderArgs,
    #[command(flatten)]
    request: RequestArgs,
    /// The seconds that the signed time may differ from the clock, either way [default: 300]
    ///
    /// No effect on senders that do not sign a time.
    #[arg(long, value_name = "SECONDS")]
    tolerance: Option<u64>,
    #[command(flatten)]
    secrets: SecretArgs,
    /// The TOML file with the secrets of `qrhook listen --secrets`
    #[arg(long = "secrets", value_name = "FILE", conflicts_with = "variables")]
    secrets_file: Option<PathBuf>,
    /// The tenant that the request is for
    #[arg(long, value_name = "NAME", requires = "secrets_file")]
    tenant: Option<String>,
}

const HELP: &str = "\
Example:
  export QRSTUDIO_WEBHOOK_SECRET='whsec_...'
  qrhook verify qrstudio --body request.json --at 1778335290 \\
         --header 'X-QRStudio-Signature: t=1778335283,v1=c264...'

Reasons: missing-signature malformed-signature signature-mismatch stale future repeated-header missing-token \
token-mismatch repeated-field missing-credential credential-mismatch body-too-large unsupported-media-type unusable-body

Exit codes: 0 authentic, 1 rejected, or standard output cannot be written, 2 wrong usage, an unreadable file, or no usable secret.

Environment: the secret is in QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET or QRPLANET_SECRET_TOKEN, \
or for another sender in a variable such as DUB_WEBHOOK_SECRET, unless \
--secret-env names another variable.";

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    logs::start(LevelFilter::WARN)?;
    let senders = args.senders.read()?;
    let sender = args.sender.among(&senders)?;
    let secrets = secrets(args, sender, &senders)?;
    let line = verify(args, sender, secrets)?;
    Ok(terminal::print(line.as_bytes())?)
}

fn secrets(args: &Args, sender: Sender, senders: &Senders) -> Result<Secrets, Failure> {
    let Some(path) = &args.secrets_file else { return args.secrets.all(sender) };
    let mut file = SecretsFile::read(path, senders)?;
    let entries = file
        .hooks
        .remove(&(sender, args.tenant.clone()))
        .ok_or_else(|| SecretsFile::lacks(path, sender, args.tenant.as_deref()))?;
    Secrets::new(entries.into_iter().map(|entry| entry.secret)).map_err(|error| Failure::usage(chain(&error)))
}

fn verify(args: &Args, sender: Sender, secrets: Secrets) -> Result<String, Failure> {
    if sender.credential() == Some(Credential::Path) && !args.request.is_whole() {
        let name = sender.name();
        return Err(Failure::usage(format!(
            "{name} has its secret in the path: give the whole request with --request"
        )));
    }
    let request = args.request.read(sender, sender.policy().body_limit)?;
    let head = Head::post(request.headers()).with_path(request.uri().path());
    let delivery = verifier(sender, secrets, args.tolerance)
        .verify_head(head, request.body().clone(), parse::moment(args.request.at))
        .map_err(|error| Failure::Rejected { error, doctor: Platform::of(sender).map(Platform::name) })?;
    for oddity in delivery.oddities() {
        tracing::warn!("{oddity}");
    }
    let mut line = event_line::of(&delivery);
    line.push('\n');
    Ok(line)
}

fn verifier(sender: Sender, secrets: Secrets, tolerance: Option<u64>) -> Verifier<Sender> {
    let verifier = Verifier::of(sender, secrets);
    match tolerance {
        Some(seconds) => verifier.with_window(Window::both(Duration::from_secs(seconds))),
        None => verifier,
    }
}
