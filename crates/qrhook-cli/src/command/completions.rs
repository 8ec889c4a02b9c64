//! `qrhook completions`: the scripts with which shells complete the command line.

use clap_complete::Shell;

use crate::{failure::Failure, terminal};

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The shell to complete for
    shell: Shell,
}

const HELP: &str = "\
Example:
  qrhook completions bash > ~/.local/share/bash-completion/completions/qrhook
  qrhook completions zsh > \"${fpath[1]}/_qrhook\"
  qrhook completions fish > ~/.config/fish/completions/qrhook.fish

Exit codes: 0 printed, 1 standard output cannot be written, 2 wrong usage.

Environment: no variable is read.";

pub(crate) fn run(args: &Args, mut command: clap::Command) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "qrhook", &mut script);
    Ok(terminal::print(&script)?)
}
