//! `qrhook demo`: starts a receiver, and sends it every kind of request that a platform or a stranger may send.

mod check;
mod event;
mod faults;
mod recorder;
mod report;
mod scenes;
mod stage;
mod wire;

use std::{path::Path, time::Duration};

use http::header;
use tracing_subscriber::filter::LevelFilter;

use self::{check::Check, event::Event, report::Report, stage::Stage};
use crate::{
    failure::Failure,
    logs::{self, Kept},
    platform::Platform,
    signals::Signals,
    terminal,
};

/// Show what a receiver does, without an account, a secret or any settings
///
/// Starts a receiver on a free port of this machine, with a SQLite store in a temporary folder. Shows one typed event,
/// one forgery, one repeat and one handler that fails; then delivers every sample event, and forged, stale, repeated,
/// concurrent, oversized, slow and broken requests over real connections, and compares each response with the expected
/// one. Takes a few seconds.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// Print every request, with its response and the number of times the handler ran
    #[arg(long)]
    all: bool,
    /// Keep the receiver running afterwards, until Ctrl-C, and print commands to try
    #[arg(long)]
    stay: bool,
}

const HELP: &str = "\
Example:
  qrhook demo
  qrhook demo --all                every request
  QRHOOK_LOG=info qrhook demo      with the receiver's log

Exit codes: 0 every response was as expected, 1 a response differed or a signal stopped the demo, 2 wrong usage.

Environment: NO_COLOR turns colours off, QRHOOK_LOG turns the receiver's log on. The demo reads no secret: its own are made up, and --stay prints them.";

/// The time that the tasks have to end after the demo.
const CLOSING: Duration = Duration::from_secs(5);

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let log = logs::start_and_keep(LevelFilter::OFF)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start the runtime: {error}")))?;
    let mut signals = {
        let _within = runtime.enter();
        Signals::catch().map_err(|error| Failure::failed(format!("cannot wait for signals: {error}")))?
    };
    let folder = tempfile::Builder::new().prefix("qrhook-demo-").tempdir();
    let folder = folder.map_err(|error| Failure::failed(format!("cannot create a temporary folder: {error}")))?;
    let outcome = runtime.block_on(show(args, folder.path(), &log, &mut signals));
    // The tasks must end first, because they close the store in that folder.
    runtime.shutdown_timeout(CLOSING);
    drop(folder);
    outcome
}

async fn show(args: &Args, folder: &Path, log: &Kept, signals: &mut Signals) -> Result<(), Failure> {
    let mut check = tokio::select! {
        played = play(args, folder, log) => played?,
        () = signals.next() => return Err(Failure::failed("a signal stopped the demo before its end")),
    };
    if args.stay {
        print_what_to_try(&check.stage)?;
        signals.next().await;
    }
    let differs = check.report.differs();
    check.stage.stop().await;
    if differs { Err(Failure::Reported) } else { Ok(()) }
}

async fn play(args: &Args, folder: &Path, log: &Kept) -> Result<Check, Failure> {
    let mut check = Check::start(folder, Report::new(args.all)).await?;
    let address = check.stage.address();
    check.report.line(&format!("A receiver at http://{address}, with a SQLite store in a temporary folder."))?;
    check.report.line("Requests come over real connections, signed with secrets made up for this demo.")?;
    scenes::play(&mut check, log).await?;
    check.report.finish()?;
    Ok(check)
}

fn print_what_to_try(stage: &Stage) -> Result<(), Failure> {
    let url = format!("http://{}", stage.address());
    let mut text = format!("\nThe receiver stays at {url} until Ctrl-C. Its secrets are made up:\n\n");
    for platform in Platform::ALL {
        text.push_str(&format!("  export {}={}\n", platform.variable(), stage::secret(platform)));
    }
    let event = Event::of(Platform::QrStudio, scenes::EXAMPLE.into());
    let content_type = header::CONTENT_TYPE;
    text.push_str(&format!(
        "\nTry:\n\n  \
         qrhook send qrstudio scan.created {url}/qrstudio\n  \
         qrhook send codeqr sale.created {url}/codeqr --same-id --count 2\n  \
         qrhook send qrplanet QR_CODE_SCANNED {url}/qrplanet --tamper signature\n  \
         curl -i {url}/qrplanet \\\n    \
         -d 'event=QR_CODE_SCANNED&redirects=1&secrettoken={token}'\n  \
         curl -i {url}/qrstudio -H '{content_type}: application/json' \\\n    \
         -H 'X-QRStudio-Signature: {signature}' \\\n    \
         -d '{body}'\n\n",
        token = stage::secret(Platform::QrPlanet),
        signature = wire::signature(&event.signed()),
        body = scenes::EXAMPLE,
    ));
    Ok(terminal::print(text.as_bytes())?)
}
