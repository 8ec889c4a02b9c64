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
mod logs;
mod parse;
mod secrets;
mod sender;
mod server;
mod signals;
mod stderr_lines;
mod stdout_lines;
mod store;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::command::{demo, listen, send, sign, verify};

/// The receiving side of QR-platform webhooks: QR Studio, CodeQR and QR Planet.
///
/// New here? Run `qrhook demo`: it needs no account, no secret and no settings.
#[derive(Debug, Parser)]
#[command(name = "qrhook", version, max_term_width = 100, after_help = HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Listen(listen::Args),
    Verify(verify::Args),
    Sign(sign::Args),
    Send(send::Args),
}

const HELP: &str = "\
Environment:
  QRSTUDIO_WEBHOOK_SECRET  the secret of a QR Studio hook, with its `whsec_` prefix
  CODEQR_WEBHOOK_SECRET    the secret of a CodeQR hook, with its `whsec_` prefix
  QRPLANET_SECRET_TOKEN    the secret API key that QR Planet repeats as `secrettoken`
  QRHOOK_LOG               the level of the logs on standard error: error, warn, info, debug, trace or off,
                           also by module (`info,qrhook=debug`)
  NO_COLOR                 no colours in the table of `demo`

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, which includes a missing secret.
Secrets are never printed and are never arguments: they are read from environment variables.";

fn main() -> ExitCode {
    let cli = Cli::parse();
    if stderr_lines::start().is_err() {
        // Without a thread there is nothing to say it with.
        return ExitCode::FAILURE;
    }
    let outcome = match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Listen(args) => listen::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Sign(args) => sign::run(&args),
        Command::Send(args) => send::run(&args),
    };
    let code = match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    };
    stderr_lines::flush();
    code
}
