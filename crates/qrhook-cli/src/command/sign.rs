//! `qrhook sign`: what a platform adds to a body.

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
/// QR Studio and CodeQR: prints the one header line to add to the request. QR Planet: takes a url-encoded form and
/// prints it with the token in it, in the place of one that is there, and without a line break behind it. That is the
/// one output of this program that holds a secret.
///
/// The first of several --secret-env signs.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The platform to sign as
    sender: Sender,
    /// File with the body; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    body: PathBuf,
    /// The time that is signed, in Unix seconds [default: now]
    ///
    /// Without effect on senders that sign no time.
    #[arg(long, value_name = "UNIX", value_parser = parse::unix_time())]
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

Exit codes: 0 signed, 2 wrong usage, unreadable file, or no usable secret.

Environment: QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET or QRPLANET_SECRET_TOKEN, unless --secret-env names another.";

/// Far more than any receiver accepts, so that one can be tested with too much.
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
