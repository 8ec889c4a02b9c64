//! `qrhook verify`: one request, from files and arguments.

use std::time::Duration;

use qrhook::{Provider, Secrets, Verifier, provider::Window};
use tracing_subscriber::filter::LevelFilter;

use crate::{
    event_line,
    failure::Failure,
    logs, parse,
    request::RequestArgs,
    secrets::SecretArgs,
    sender::{Sender, Shown, with_provider},
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
    /// The platform that sent the request
    sender: Sender,
    #[command(flatten)]
    request: RequestArgs,
    /// The seconds that the signed time may differ from the clock, either way [default: 300]
    ///
    /// No effect on senders that do not sign a time.
    #[arg(long, value_name = "SECONDS")]
    tolerance: Option<u64>,
    #[command(flatten)]
    secrets: SecretArgs,
}

const HELP: &str = "\
Example:
  export QRSTUDIO_WEBHOOK_SECRET='whsec_...'
  qrhook verify qrstudio --body request.json --at 1778335290 \\
         --header 'X-QRStudio-Signature: t=1778335283,v1=c264...'

Reasons: missing-signature malformed-signature signature-mismatch stale future repeated-header missing-token \
token-mismatch repeated-field body-too-large unsupported-media-type unusable-body

Exit codes: 0 authentic, 1 rejected, or standard output cannot be written, 2 wrong usage, an unreadable file, or no usable secret.

Environment: the secret is in QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET or QRPLANET_SECRET_TOKEN, unless \
--secret-env names another variable.";

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    logs::start(LevelFilter::WARN)?;
    let secrets = args.secrets.all(args.sender)?;
    let line = with_provider!(args.sender, P => verify::<P>(args, secrets))?;
    Ok(terminal::print(line.as_bytes())?)
}

fn verify<P: Shown>(args: &Args, secrets: Secrets) -> Result<String, Failure> {
    let (headers, body) = args.request.read(args.sender, P::POLICY.body_limit)?;
    let delivery = verifier::<P>(secrets, args.tolerance)
        .verify(&headers, body, parse::moment(args.request.at))
        .map_err(|error| Failure::Rejected { error, sender: args.sender })?;
    for oddity in delivery.oddities() {
        tracing::warn!("{oddity}");
    }
    let mut line = event_line::of(&delivery);
    line.push('\n');
    Ok(line)
}

fn verifier<P: Provider>(secrets: Secrets, tolerance: Option<u64>) -> Verifier<P> {
    let verifier = Verifier::new(secrets);
    match tolerance {
        Some(seconds) => verifier.with_window(Window::both(Duration::from_secs(seconds))),
        None => verifier,
    }
}
