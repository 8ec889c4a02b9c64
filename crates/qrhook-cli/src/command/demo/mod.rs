//! `qrhook demo`: a receiver, and everything that a sender or a stranger may do to it.

mod faults;
mod recorder;
mod scenes;
mod stage;
mod table;
mod wire;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use http::header;
use qrhook::{UnixTime, testing::SignedRequest};
use tracing_subscriber::filter::LevelFilter;

use self::{recorder::Recorder, stage::Stage, table::Table, wire::Answer};
use crate::{
    failure::Failure,
    forge,
    ids::Ids,
    limits::Limits,
    logs,
    sender::{Sender, with_provider},
    signals::Signals,
    terminal,
};

/// Show what a receiver does, without an account, a secret or any settings
///
/// Starts a receiver on a free port of this machine, with a SQLite store in a temporary folder, and delivers every
/// sample event, then forged, stale, repeated, concurrent, oversized, slow and broken requests over real connections.
/// Prints what was sent, what was expected, what came back, and how often the handler ran. Takes a few seconds.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// Keep the receiver running afterwards, until Ctrl-C, and print commands to try
    #[arg(long)]
    stay: bool,
}

const HELP: &str = "\
Example:
  qrhook demo
  QRHOOK_LOG=info qrhook demo      with what the receiver logs

Exit codes: 0 everything came back as expected, 1 something differed or a signal stopped it, 2 wrong usage.

Environment: NO_COLOR for a table without colours, QRHOOK_LOG for the receiver's logs. No secret is read: the demo's
  own are made up, and printed.";

/// How long the tasks get to end after the demo.
const CLOSING: Duration = Duration::from_secs(5);

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    logs::start(LevelFilter::OFF)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start the runtime: {error}")))?;
    let mut signals = {
        let _within = runtime.enter();
        Signals::catch().map_err(|error| Failure::failed(format!("cannot wait for signals: {error}")))?
    };
    let folder = tempfile::Builder::new().prefix("qrhook-demo-").tempdir();
    let folder = folder.map_err(|error| Failure::failed(format!("cannot make a temporary folder: {error}")))?;
    let outcome = runtime.block_on(show(args, folder.path(), &mut signals));
    // First the tasks end and close the store, then its folder is removed.
    runtime.shutdown_timeout(CLOSING);
    drop(folder);
    outcome
}

async fn show(args: &Args, folder: &Path, signals: &mut Signals) -> Result<(), Failure> {
    let mut demo = tokio::select! {
        played = play(folder) => played?,
        () = signals.next() => return Err(Failure::failed("stopped by a signal before the end of the demo")),
    };
    if args.stay {
        print_what_to_try(&demo.stage)?;
        signals.next().await;
    }
    let differs = demo.table.differs();
    demo.stage.stop().await;
    if differs { Err(Failure::Told) } else { Ok(()) }
}

async fn play(folder: &Path) -> Result<Demo, Failure> {
    let mut demo = Demo::start(folder).await?;
    scenes::play(&mut demo).await?;
    demo.table.finish()?;
    Ok(demo)
}

/// A running demo.
struct Demo {
    stage: Stage,
    recorder: Recorder,
    ids: Ids,
    table: Table,
    /// Where its stores are.
    folder: PathBuf,
}

/// An event that was not sent yet.
struct Event {
    sender: Sender,
    /// What the recorder knows it by.
    key: String,
    body: bytes::Bytes,
}

/// What is expected of one request.
#[derive(Clone, Copy)]
struct Expected {
    status: u16,
    runs: usize,
}

const HANDLED: Expected = Expected { status: 200, runs: 1 };
const DUPLICATE: Expected = Expected { status: 200, runs: 0 };
const NOT_VERIFIED: Expected = refused(401);

const fn refused(status: u16) -> Expected {
    Expected { status, runs: 0 }
}

impl Demo {
    async fn start(folder: &Path) -> Result<Self, Failure> {
        let recorder = Recorder::new();
        let stage = Stage::start(folder, &recorder, Limits::PATIENT).await?;
        let secrets = Sender::ALL.map(|sender| format!("{} {}", sender.name(), stage::secret(sender)));
        terminal::print(
            format!(
                "A receiver at http://{}, with a SQLite store in a temporary folder.\n\
                 Its secrets are made up for this demo: {}.\n\n",
                stage.address(),
                secrets.join(", ")
            )
            .as_bytes(),
        )?;
        Ok(Self { stage, recorder, ids: Ids::new()?, table: Table::begin()?, folder: folder.to_owned() })
    }

    /// A sample with an id of its own.
    fn event(&self, sender: Sender, name: &str) -> Event {
        let sample = qrhook::testing::samples::find(sender.name(), name);
        let body = sample.map(|sample| self.ids.fresh(sender, sample).bytes).unwrap_or_default();
        Event::of(sender, body)
    }

    /// Sends a request, and notes what came back.
    async fn send(
        &mut self,
        group: &'static str,
        what: &str,
        event: &Event,
        request: SignedRequest,
        expected: Expected,
    ) -> Result<(), Failure> {
        let raw = wire::request(event.sender, &request);
        self.send_raw(group, what, event, &raw, expected).await
    }

    async fn send_raw(
        &mut self,
        group: &'static str,
        what: &str,
        event: &Event,
        request: &[u8],
        expected: Expected,
    ) -> Result<(), Failure> {
        let before = self.recorder.runs(&event.key);
        let answer = wire::exchange(self.stage.address(), request).await;
        let runs = self.recorder.runs(&event.key).saturating_sub(before);
        self.note(group, what, event.sender, answer, runs, expected)
    }

    fn note(
        &mut self,
        group: &'static str,
        what: &str,
        sender: Sender,
        answer: Answer,
        runs: usize,
        expected: Expected,
    ) -> Result<(), Failure> {
        self.table.add(table::Row {
            group,
            sender: sender.name(),
            what,
            expected: &expected.status.to_string(),
            got: &answer.to_string(),
            runs: (expected.runs, runs),
            fits: answer == Answer::Status(expected.status),
        })
    }
}

impl Event {
    /// The event in a body.
    fn of(sender: Sender, body: bytes::Bytes) -> Self {
        let now = UnixTime::now();
        let request = forge::signed(sender, stage::secret(sender), &body, now);
        // A body that holds no event has no runs to count.
        let key = with_provider!(sender, P => {
            let secrets = qrhook::Secrets::one(stage::secret(sender)).ok();
            let verified = secrets.and_then(|secrets| {
                qrhook::verify::<P>(&request.headers, request.body, &secrets, now).ok()
            });
            verified.map(|delivery| recorder::key(&delivery)).unwrap_or_default()
        });
        Self { sender, key, body }
    }

    /// As the platform sends it.
    fn signed(&self) -> SignedRequest {
        forge::signed(self.sender, stage::secret(self.sender), &self.body, UnixTime::now())
    }

    /// As somebody sends it who does not know the secret.
    fn forged(&self) -> SignedRequest {
        forge::signed(self.sender, "whsec_not_the_secret", &self.body, UnixTime::now())
    }

    /// As the platform would have sent it at another time.
    fn signed_at(&self, seconds_from_now: i64) -> SignedRequest {
        let at = UnixTime::from_secs(UnixTime::now().as_secs().saturating_add(seconds_from_now));
        forge::signed(self.sender, stage::secret(self.sender), &self.body, at)
    }

    /// As the platform sends it, without one header.
    fn without(&self, header: &str) -> SignedRequest {
        let mut request = self.signed();
        request.headers.remove(header);
        request
    }
}

fn print_what_to_try(stage: &Stage) -> Result<(), Failure> {
    let url = format!("http://{}", stage.address());
    let mut text = format!("\nThe receiver stays at {url} until Ctrl-C. Its secrets are made up:\n\n");
    for sender in Sender::ALL {
        text.push_str(&format!("  export {}={}\n", sender.variable(), stage::secret(sender)));
    }
    let event = Event::of(Sender::QrStudio, scenes::EXAMPLE.into());
    let content_type = header::CONTENT_TYPE;
    text.push_str(&format!(
        "\nTry:\n\n  \
         qrhook send qrstudio scan.created {url}/qrstudio\n  \
         qrhook send codeqr sale.created {url}/codeqr --same-id --count 2\n  \
         qrhook send qrplanet QR_CODE_SCANNED {url}/qrplanet --tamper signature\n  \
         curl -i {url}/qrplanet -d 'event=QR_CODE_SCANNED&redirects=1&secrettoken={token}'\n  \
         curl -i {url}/qrstudio -H '{content_type}: application/json' \\\n    \
         -H 'X-QRStudio-Signature: {signature}' \\\n    \
         -d '{body}'\n\n",
        token = stage::secret(Sender::QrPlanet),
        signature = wire::signature(&event.signed()),
        body = scenes::EXAMPLE,
    ));
    Ok(terminal::print(text.as_bytes())?)
}
