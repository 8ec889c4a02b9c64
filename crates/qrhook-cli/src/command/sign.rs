//! `qrhook sign`: the header, or the form field, that makes a body authentic.

use std::path::PathBuf;

use http::{HeaderName, header};
use qrhook::testing;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    failure::Failure,
    ids::is_header_id,
    input, logs, parse,
    platform::Platform,
    secrets::SecretArgs,
    sender_args::{SenderArgs, SenderName},
    terminal,
};

/// Sign a body as a platform does
///
/// Prints the header lines to add to the request: one for QR Studio and CodeQR, several for a sender that has its time or
/// id in a header. For QR Planet: reads a url-encoded form, and prints it with the token added or replaced, and without a
/// final line break. Only for a sender that repeats its secret in each request does the output contain a secret.
///
/// If --secret-env is repeated, the first secret signs.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The sender to sign as
    #[arg(value_parser = SenderName::PARSER)]
    sender: SenderName,
    #[command(flatten)]
    senders: SenderArgs,
    /// The file with the body; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    body: PathBuf,
    /// The time to sign: Unix seconds, or a date such as 2026-05-09T14:01:23Z [default: now]
    ///
    /// No effect on senders that do not sign a time.
    #[arg(long, value_name = "TIME", value_parser = parse::unix_time)]
    at: Option<i64>,
    /// The id of the event, for a sender that has it in a header [default: a digest of the body]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
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

Environment: the secret is in QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET or QRPLANET_SECRET_TOKEN, \
or for another sender in a variable such as DUB_WEBHOOK_SECRET, unless \
--secret-env names another variable.";

/// Far more than any receiver accepts, so that a receiver can be tested with a body that is too large.
const LIMIT: usize = 64 * 1024 * 1024;

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    logs::start(LevelFilter::WARN)?;
    let sender = args.senders.find(&args.sender)?;
    if let Some(id) = args.id.as_deref().filter(|id| !is_header_id(id)) {
        return Err(Failure::usage(format!(
            "--id {id:?} is not text of 1 to 256 printable ASCII characters without a full stop"
        )));
    }
    let secret = args.secrets.first(sender)?;
    let body = input::body(&args.body, LIMIT)?;
    if body.len() > LIMIT {
        return Err(Failure::usage(format!("the body is larger than {LIMIT} bytes")));
    }
    let at = parse::moment(args.at);
    let request = testing::sign_as(&sender, &secret, args.id.as_deref(), body, at);
    if sender.sends_forms() {
        return Ok(terminal::print(&request.body)?);
    }
    if let Some(segment) = &request.last_segment {
        return Ok(terminal::print(format!("{segment}\n").as_bytes())?);
    }
    let lines = request.headers.iter().filter(|(name, _)| *name != header::CONTENT_TYPE);
    let lines: Vec<_> =
        lines.map(|(name, value)| [spelled(name).as_bytes(), b": ", value.as_bytes(), b"\n"].concat()).collect();
    Ok(terminal::print(&lines.concat())?)
}

/// The name of a header as the vendor writes it, if it is known.
fn spelled(name: &HeaderName) -> &str {
    let mut known = Platform::ALL.into_iter().filter_map(Platform::signature_header);
    known.find(|known| name.as_str().eq_ignore_ascii_case(known)).unwrap_or(name.as_str())
}
