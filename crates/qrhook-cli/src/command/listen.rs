//! `qrhook listen`: a receiver that prints its events.

use std::{io, path::PathBuf, sync::Arc};

use axum::http::StatusCode;
use qrhook::Delivery;
use tracing_subscriber::filter::LevelFilter;

use crate::{
    event_line,
    failure::Failure,
    hooks::{Hooks, Work},
    limits::Limits,
    live_secrets::{Keys, LiveSecrets},
    logs::{self, Format},
    metrics::Metrics,
    platform::Platform,
    secrets::SecretArgs,
    sender::Sender,
    sender_args::{SenderArgs, SenderName},
    senders::Senders,
    server::Server,
    signals::{Hangups, Signals},
    stderr_lines::note,
    stdout_lines::Lines,
    store::StoreUrl,
    terminal,
};

/// Receive webhooks, and print each event once, as one line of JSON
///
/// Serves POST /SENDER for each sender that is on, such as /qrstudio, and with --secrets also /SENDER/TENANT. GET /healthz
/// responds with 200 while the program runs, and GET /readyz while its store works; otherwise with 503 and the reason. An event is acknowledged after its line is written
/// to standard output and its id is stored. A repeated event is acknowledged, but not printed again. If the line cannot
/// be written, the status is 500, and the platform retries. If the reader blocks for more than 20 s, the event is
/// released, and its line may be printed again at the retry.
///
/// A sender is on if its variable is set. With --sender, only the named senders are on. All other paths, including
/// those of senders that are off, return 404 and log a warning.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The address to listen on; with port 0, a free port is chosen and printed
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = address)]
    addr: String,
    /// The store of handled ids: `memory`, `sqlite:PATH`, `postgres://..` or `redis://..`
    ///
    /// Several receivers can share a Postgres or Redis server. Put a URL with a password into the environment variable
    /// QRHOOK_STORE: other users of the machine may see the command line.
    ///
    /// [default: QRHOOK_STORE, else sqlite:qrhook.db]
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// A sender to turn on; may be repeated [default: all senders whose variable is set]
    #[arg(long = "sender", value_name = "NAME", value_parser = SenderName::PARSER)]
    named: Vec<SenderName>,
    #[command(flatten)]
    senders: SenderArgs,
    /// Serve metrics for Prometheus at http://HOST:PORT/metrics
    ///
    /// They are not secret, but not for strangers either: use an address that only your monitoring reaches.
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    metrics: Option<String>,
    /// The form of the log and of all other messages on standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    log: Format,
    /// A TOML file with the secrets of all senders and tenants
    ///
    /// Replaces the environment variables. The file is watched, and read again at SIGHUP: a change takes effect within
    /// seconds, without a restart. See docs/rotation.md for the format.
    #[arg(long = "secrets", value_name = "FILE", conflicts_with = "variables")]
    secrets_file: Option<PathBuf>,
    #[command(flatten)]
    secrets: SecretArgs,
    #[command(flatten)]
    limits: Limits,
}

const HELP: &str = "\
Example:
  export QRSTUDIO_WEBHOOK_SECRET='whsec_...'
  qrhook listen --store sqlite:qrhook.db >> events.jsonl

Platforms need https: put a proxy with a certificate in front, or a tunnel while you try things out. The URL to enter \
at the platform ends with the path of its sender, without a slash at the end.

Output: one JSON object per line on standard output, with the members sender, type, id, created_at, signed_at, secret, \
id_conflict, unclaimed, scan and data. Logs go to standard error. If nobody reads the logs, lines are lost and \
counted, and the service continues.

Exit codes: 0 after SIGTERM or Ctrl-C, when running work is finished, which may take 25 s; 1 if a second signal ended \
it at once, if the address is taken, if the store cannot be opened, or if events were unfinished at the end; 2 wrong \
usage or no usable secret.

Environment: the secrets are in QRSTUDIO_WEBHOOK_SECRET, CODEQR_WEBHOOK_SECRET and QRPLANET_SECRET_TOKEN, \
and for other senders in variables such as DUB_WEBHOOK_SECRET. QRHOOK_STORE \
is the URL of the store. QRHOOK_LOG sets the level of the logs. --secret-env replaces the variable of one sender, so \
it needs exactly one --sender. --secrets replaces all of these variables.";

const STORE: &str = "QRHOOK_STORE";

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    logs::start_as(args.log, LevelFilter::INFO)?;
    let store = store(args)?;
    let senders = args.senders.read()?;
    let named = args.named.iter().map(|name| name.among(&senders)).collect::<Result<Vec<_>, _>>()?;
    let (enabled, live) = match &args.secrets_file {
        Some(path) => {
            let live = LiveSecrets::read(path, senders, &named)?;
            (live.keys(), Some(live))
        }
        None => (enabled(args, &senders, &named)?, None),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::failed(format!("cannot start the runtime: {error}")))?;
    let outcome = runtime.block_on(listen(args, &store, enabled, live));
    // A blocked line must not keep the program from ending.
    runtime.shutdown_background();
    outcome
}

async fn listen(
    args: &Args,
    url: &StoreUrl,
    enabled: Vec<(Sender, Keys)>,
    live: Option<LiveSecrets>,
) -> Result<(), Failure> {
    let cannot = |what: &str, error: io::Error| Failure::failed(format!("cannot {what}: {error}"));
    let mut signals = Signals::catch().map_err(|error| cannot("wait for signals", error))?;
    let server = Server::bind(&args.addr).await?;
    let metrics = match &args.metrics {
        Some(address) => Some(Metrics::start(address).await?),
        None => None,
    };
    let store = url.open(args.limits).await?;
    let printer = Printer(Lines::on_stdout().map_err(|error| cannot("use standard output", error))?);
    let senders: Vec<_> = enabled.iter().map(|(sender, _)| *sender).collect();
    let names: Vec<_> = senders.iter().map(|sender| sender.name()).collect();
    let mut hooks = Hooks::new(args.limits);
    for (sender, keys) in enabled {
        hooks = hooks.add(sender, keys, Arc::clone(&store), printer.clone())?;
    }
    if terminal::goes_nowhere() {
        note(format_args!("warning: standard output is closed or /dev/null, so acknowledged events are lost"));
    }
    note(format_args!("senders: {}", names.join(", ")));
    senders.into_iter().for_each(warn);
    note(format_args!("store: {url}"));
    for path in hooks.paths() {
        note(format_args!("hook: POST http://{}{path}", server.address()));
    }
    if let Some(live) = live {
        let hangups = Hangups::catch().map_err(|error| cannot("wait for signals", error))?;
        tokio::spawn(live.follow(hangups));
    }
    let metrics = metrics.map(|metrics| {
        if let Ok(url) = metrics.url() {
            note(format_args!("metrics: GET {url}"));
        }
        tokio::spawn(metrics.serve())
    });
    note(format_args!("listening on http://{}", server.address()));
    let stop = async move {
        signals.next().await;
        note(format_args!("stopping: running work is finished first; a second signal ends the program at once"));
    };
    let outcome = server.run(hooks, stop).await;
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    outcome
}

fn store(args: &Args) -> Result<StoreUrl, Failure> {
    let variable = || std::env::var(STORE).ok().filter(|url| !url.is_empty());
    let (from, url) = match &args.store {
        Some(url) => ("--store", url.clone()),
        None => (STORE, variable().unwrap_or_else(|| "sqlite:qrhook.db".to_owned())),
    };
    // The argument parser must not parse it: its errors repeat the text, and a URL may contain a password.
    url.parse().map_err(|problem| Failure::usage(format!("{from}: {problem}")))
}

/// Warns of a sender that proves little, or whose repeats cannot be recognised.
fn warn(sender: Sender) {
    let name = sender.name();
    if let Some(credential) = sender.credential() {
        note(format_args!(
            "warning: {name} does not sign: {credential} proves only that the client knows the secret, and nothing about the event"
        ));
    }
    if !sender.has_ids() {
        note(format_args!("warning: the events of {name} have no ids, so a repeat is printed again"));
    }
}

/// The enabled senders, with their secrets.
fn enabled(args: &Args, senders: &Senders, named: &[Sender]) -> Result<Vec<(Sender, Keys)>, Failure> {
    if args.secrets.is_given() && named.len() != 1 {
        return Err(Failure::usage(
            "--secret-env replaces the variable of one sender, so it needs exactly one --sender",
        ));
    }
    let is_on = |sender: &Sender| match named {
        [] => std::env::var_os(sender.variable()).is_some(),
        named => named.contains(sender),
    };
    let enabled = senders.iter().filter(is_on).map(|sender| Ok((sender, args.secrets.all(sender)?.into())));
    let enabled = enabled.collect::<Result<Vec<_>, Failure>>()?;
    if enabled.is_empty() {
        return Err(Failure::usage(format!(
            "no sender is on: set one of the environment variables {}",
            expected(senders)
        )));
    }
    Ok(enabled)
}

/// The variables of the senders that the user is likely to mean.
fn expected(senders: &Senders) -> String {
    let described: Vec<_> = senders.described().map(Sender::variable).collect();
    if described.is_empty() {
        let [first, second, third] = Platform::ALL.map(Platform::variable);
        return format!("{first}, {second} and {third}, or that of another sender");
    }
    described.join(", ")
}

/// Prints events.
#[derive(Debug, Clone)]
struct Printer(Lines);

impl Work for Printer {
    async fn handle(&self, delivery: Arc<Delivery<Sender>>) -> StatusCode {
        match self.0.write(event_line::of(&delivery)).await {
            Ok(()) => StatusCode::OK,
            Err(error) => {
                tracing::error!(sender = delivery.sender(), %error, "cannot write the event, so its claim is released");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

/// Without this check, an address without a port would fail later, as a name that does not resolve.
fn address(text: &str) -> Result<String, String> {
    let port = text.rsplit_once(':').and_then(|(host, port)| port.parse::<u16>().ok().filter(|_| !host.is_empty()));
    match port {
        Some(_) => Ok(text.to_owned()),
        None => Err("it must have a host and a port, such as 127.0.0.1:8080".to_owned()),
    }
}
