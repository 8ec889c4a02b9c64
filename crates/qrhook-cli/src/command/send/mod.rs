//! `qrhook send`: requests as a platform sends them.

mod client;
mod tally;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http::Uri;
use qrhook::testing::{self, samples};
use tokio::task::JoinSet;
use tracing_subscriber::filter::LevelFilter;
use zeroize::Zeroizing;

use self::{client::Client, tally::Tally};
use crate::{
    failure::Failure,
    forge::{self, Tamper},
    ids::{self, Ids},
    input,
    limits::Limits,
    logs, parse,
    secrets::SecretArgs,
    sender::Sender,
    sender_args::{SenderArgs, SenderName},
    terminal,
};

/// Send signed sample events to a receiver, and print how it responds
///
/// Each request is a sample event, or your own from --body, with a new id (for QR Planet: with a new counter or time),
/// signed with your secret. An event without an id is sent as it is.
/// If --secret-env is repeated, the first secret signs. Redirects are not followed. Each request may take 10 s.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP, allow_missing_positional = true)]
pub(crate) struct Args {
    /// The sender to send as
    #[arg(value_parser = SenderName::PARSER)]
    sender: SenderName,
    /// The event type, such as scan.created or QR_CODE_SCANNED; an unknown name prints the list
    #[arg(required_unless_present = "body", conflicts_with = "body")]
    event: Option<String>,
    /// The URL of the receiver, with http:// or https://
    url: String,
    /// A file with the event to send, in place of EVENT; `-` is standard input
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    #[command(flatten)]
    senders: SenderArgs,
    /// The number of requests
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,
    /// The number of requests in flight at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    parallel: u16,
    /// Send the sample with its own id every time, so that a receiver sees repeats
    #[arg(long)]
    same_id: bool,
    /// Derive the ids from this number, so that the same command sends the same events again
    #[arg(long, value_name = "N", conflicts_with = "same_id")]
    seed: Option<u16>,
    /// Change something after signing, as a forger would
    #[arg(long, value_name = "WHAT")]
    tamper: Option<Tamper>,
    /// The time to sign: Unix seconds, or a date such as 2026-05-09T14:01:23Z [default: now]
    ///
    /// No effect on senders that do not sign a time.
    #[arg(long, value_name = "TIME", value_parser = parse::unix_time)]
    at: Option<i64>,
    #[command(flatten)]
    secrets: SecretArgs,
    #[command(flatten)]
    limits: Limits,
}

const HELP: &str = "\
Example:
  export QRSTUDIO_WEBHOOK_SECRET='whsec_test'
  qrhook send qrstudio scan.created http://127.0.0.1:8080/qrstudio
  qrhook send codeqr sale.created http://127.0.0.1:8080/codeqr --count 1000
  qrhook send qrstudio scan.created http://127.0.0.1:8080/qrstudio --tamper body

  The last command gets a 401, and exits with 1.

Exit codes: 0 every response was 2xx, 1 a response was not 2xx or did not arrive, 2 wrong usage or no usable secret.

Environment: the secret is in QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET or QRPLANET_SECRET_TOKEN, \
or for another sender in a variable such as DUB_WEBHOOK_SECRET, unless \
--secret-env names another variable. SSL_CERT_FILE names a file with the certificates to trust in place of the system's.";

/// The state that all requests of one run share.
struct Sending {
    args: Plan,
    client: Client,
    ids: Ids,
    started: AtomicU64,
    tally: Mutex<Tally>,
}

struct Plan {
    sender: Sender,
    /// The type of the event; empty if it is not a sample.
    event: String,
    body: Bytes,
    secret: Zeroizing<String>,
    count: u64,
    same_id: bool,
    tamper: Option<Tamper>,
    at: Option<i64>,
}

/// The largest event from a file: far more than any receiver accepts.
const LIMIT: usize = 64 * 1024 * 1024;

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    logs::start(LevelFilter::WARN)?;
    let sender = args.senders.find(&args.sender)?;
    let (event, body) = event(args, sender)?;
    if args.tamper == Some(Tamper::Time) && !sender.signs_time() {
        let name = sender.name();
        return Err(Failure::usage(format!(
            "--tamper time: {name} does not sign a time, so there is nothing to change"
        )));
    }
    let url = url(&args.url)?;
    let secret = args.secrets.first(sender)?;
    let plan = Plan {
        sender,
        event,
        body,
        secret,
        count: args.count,
        same_id: args.same_id,
        tamper: args.tamper,
        at: args.at,
    };
    let sending = Arc::new(Sending {
        args: plan,
        client: Client::new(url, args.limits.patience())?,
        ids: args.seed.map_or_else(Ids::new, |seed| Ok(Ids::seeded(seed)))?,
        started: AtomicU64::new(0),
        tally: Mutex::default(),
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start the runtime: {error}")))?;
    runtime.block_on(send_all(&sending, args.parallel))?;
    let tally = sending.tally.lock().unwrap_or_else(PoisonError::into_inner);
    if args.count > 1 {
        terminal::print(tally.to_string().as_bytes())?;
    }
    if tally.all_succeeded() { Ok(()) } else { Err(Failure::Reported) }
}

async fn send_all(sending: &Arc<Sending>, parallel: u16) -> Result<(), Failure> {
    let mut workers = JoinSet::<Result<(), Failure>>::new();
    for _ in 0..parallel {
        let sending = Arc::clone(sending);
        workers.spawn(async move {
            // Counted as they start, because a list of a million requests would take too much memory.
            while sending.started.fetch_add(1, Ordering::Relaxed) < sending.args.count {
                sending.send_one().await?;
            }
            Ok(())
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker.map_err(|error| Failure::failed(format!("a request was not finished: {error}")))??;
    }
    Ok(())
}

impl Sending {
    async fn send_one(&self) -> Result<(), Failure> {
        let Plan { sender, event, body, secret, .. } = &self.args;
        let body = match self.args.same_id {
            true => ids::unchanged(*sender, event, body),
            false => self.ids.fresh(*sender, event, body),
        };
        let (at, id) = (parse::moment(self.args.at), Some(&*body.id));
        let request = match self.args.tamper {
            Some(what) => forge::tampered(*sender, secret, id, &body.bytes, at, what),
            None => testing::sign_as(sender, secret, id, body.bytes, at),
        };
        let (answer, time) = self.client.post(request).await;
        let line = format!("{:<6} {:>9.2} ms  {}\n", answer.to_string(), time.as_secs_f64() * 1000.0, body.id);
        terminal::print(line.as_bytes())?;
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).add(answer, time);
        Ok(())
    }
}

fn url(text: &str) -> Result<Uri, Failure> {
    // The URL is not repeated where it may contain a password.
    if !text.contains("://") {
        let example = completed(text).unwrap_or_else(|| "https://HOST/PATH".to_owned());
        return Err(Failure::usage(format!(
            "URL has no scheme: it must begin with http:// or https://, such as {example}"
        )));
    }
    let url: Uri = text.parse().map_err(|error| Failure::usage(format!("URL is malformed: {error}")))?;
    let plain = url.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    // With an invalid port, the request would go to the default port, where another server may listen.
    let port = |authority: &str| authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).is_some();
    if url.authority().is_some_and(|authority| port(authority.as_str())) && url.port_u16().is_none() {
        return Err(Failure::usage("URL has a port that is not a number from 0 to 65535"));
    }
    if !matches!(url.scheme_str(), Some("http" | "https")) {
        return Err(Failure::usage("URL must begin with http:// or https://"));
    }
    if !plain {
        return Err(Failure::usage("URL must have a host, and no user or password"));
    }
    Ok(url)
}

/// The text as a URL, if it is a plain host and path. QR Planet's requests contain its secret, so only this machine is
/// reached without TLS.
fn completed(text: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte);
    let host = text.split(['/', ':']).next().filter(|host| !host.is_empty() && !host.starts_with("http"))?;
    let scheme = if matches!(host, "localhost" | "127.0.0.1") { "http" } else { "https" };
    text.bytes().all(plain).then(|| format!("{scheme}://{text}"))
}

/// The event to send: its type, which is empty for one from a file, and its body.
fn event(args: &Args, sender: Sender) -> Result<(String, Bytes), Failure> {
    if let Some(path) = &args.body {
        return Ok((String::new(), input::body(path, LIMIT)?));
    }
    let event = args.event.clone().unwrap_or_default();
    let body = samples::find(sender.name(), &event).map(|sample| Bytes::from_static(sample.body));
    body.map(|body| (event.clone(), body)).ok_or_else(|| {
        let sender = sender.name();
        let names: Vec<_> = samples::of(sender).iter().map(|sample| sample.name).collect();
        if names.is_empty() {
            return Failure::usage(format!("there are no sample events of {sender}: send one of your own with --body"));
        }
        Failure::usage(format!("EVENT `{event}` is not an event of {sender}; its events are: {}", names.join(", ")))
    })
}
