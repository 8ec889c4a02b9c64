//! `qrhook sign`: the header, or the form field, that makes a body authentic.

use std::path::PathBuf;

use qrhook::testing;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    failure::Failure,
    input, logs, parse,
    secrets::SecretArgs,
    sender::{Sender, with_provider},
    terminal,
};

/// Sign a body as a platform does
///
/// For QR Studio and CodeQR: prints the header line to add to the request. For QR Planet: reads a url-encoded form, and
/// prints it with the token added or replaced, and without a final line break. This is the only output of this program
/// that contains a secret.
///
/// If --secret-env is repeated, the first secret signs.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The platform to sign as
    sender: Sender,
    /// The file with the body; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    body: PathBuf,
    /// The time to sign: Unix seconds, or a date such as 2026-05-09T14:01:23Z [default: now]
    ///
    /// No effect on senders that do not sign a time.
    #[arg(long, value_name = "TIME", value_parser = parse::unix_time)]
    at: Option<i64>,
    #[command(flatten)]
    secrets: SecretArgs,
}

const HELP: &str = "\
Example:
  export CODEQR_WEBHOOK_SECRET='whsec_test'
  curl http://127.0.0.1:8080/codeqr --data-binary @event.json \\
       -H \"$(qrhook sign codeqr --body event.json)\"

  export QRPLANET_SECRET_TOKEN='test'
  printf 'event=QR_CODE_SCANNED&redirects=1' | qrhook sign qrplanet \\
       | curl http://127.0.0.1:8080/qrplanet --data-binary @-

Exit codes: 0 signed, 1 standard output cannot be written, 2 wrong usage, an unreadable file, or no usable secret.

Environment: the secret is in QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET or QRPLANET_SECRET_TOKEN, unless \
--secret-env names another variable.";

/// Far more than any receiver accepts, so that a receiver can be tested with a body that is too large.
const LIMIT: usize = 64 * 1024 * 1024;

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    logs::start(LevelFilter::WARN)?;
    let secret = args.secrets.first(args.sender)?;
    let body = input::body(&args.body, LIMIT)?;
    if body.len() > LIMIT {
        return Err(Failure::usage(format!("the body is larger than {LIMIT} bytes")));
    }
    let at = parse::moment(args.at);
    let request = with_provider!(args.sender, P => testing::sign::<P>(&secret, body, at));
    match args.sender.signature_header() {
        None => Ok(terminal::print(&request.body)?),
        Some(name) => {
            let value = request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            Ok(terminal::print(format!("{name}: {value}\n").as_bytes())?)
        }
    }
}
