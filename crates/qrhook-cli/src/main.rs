//! The `qrhook` command: receive, verify, sign and send QR-platform webhooks.

mod command;
mod event_line;
mod failure;
mod forge;
mod hooks;
mod ids;
mod input;
mod json;
mod limits;
mod live_secrets;
mod logs;
mod metrics;
mod parse;
mod platform;
mod request;
mod saved;
mod secrets;
mod secrets_file;
mod sender;
mod sender_args;
mod senders;
mod senders_file;
mod server;
mod signals;
mod stderr_lines;
mod stdout_lines;
mod store;
mod terminal;
mod toml_file;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use self::command::{completions, demo, doctor, init, listen, man, send, sign, verify};

/// Receive the webhooks of QR Studio, CodeQR, QR Planet and others: verified, typed, and delivered once
///
/// New here? Run `qrhook demo`: it needs no account, no secret and no settings.
#[derive(Debug, Parser)]
#[command(name = "qrhook", version = env!("QRHOOK_VERSION"), max_term_width = 100, after_help = HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Listen(listen::Args),
    Verify(verify::Args),
    Doctor(doctor::Args),
    Sign(sign::Args),
    Send(send::Args),
    Init(init::Args),
    Completions(completions::Args),
    Man(man::Args),
}

const HELP: &str = "\
Environment:
  QRSTUDIO_WEBHOOK_SECRET  secret of a QR Studio hook, with `whsec_`
  CODEQR_WEBHOOK_SECRET    secret of a CodeQR hook, with `whsec_`
  QRPLANET_SECRET_TOKEN    secret API key that QR Planet sends as `secrettoken`
  NAME_WEBHOOK_SECRET      secret of another sender, such as DUB_WEBHOOK_SECRET
  QRHOOK_STORE             URL of the store of `listen`
  QRHOOK_LOG               level of the logs: error, warn, info, debug, trace
                           or off, also by module: `info,qrhook=debug`
  NO_COLOR                 turns colours off; CLICOLOR_FORCE=1 forces them

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, which includes a missing secret.

Secrets are environment variables, never arguments. They are never printed, except by `sign` for a sender that repeats its secret in each request, such as QR Planet.";

fn main() -> ExitCode {
    let cli = Cli::parse();
    if stderr_lines::start().is_err() {
        // Without this thread, there is no way to report it.
        return ExitCode::FAILURE;
    }
    let outcome = match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Listen(args) => listen::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Sign(args) => sign::run(&args),
        Command::Send(args) => send::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Completions(args) => completions::run(&args, Cli::command()),
        Command::Man(args) => man::run(&args, Cli::command()),
    };
    let code = match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    };
    stderr_lines::flush();
    code
}
