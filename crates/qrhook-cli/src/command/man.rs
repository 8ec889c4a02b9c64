//! `qrhook man`: the help as man pages.

use std::{fs, path::PathBuf};

use crate::{failure::Failure, terminal};

/// Print the man page of a command, or write all man pages
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The command to print the page of, such as `listen` [default: the page of qrhook itself]
    #[arg(conflicts_with = "folder")]
    command: Option<String>,
    /// Write all pages into this folder, which is created if it is missing
    #[arg(long = "dir", value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

const HELP: &str = "\
Example:
  qrhook man listen | man -l -
  qrhook man --dir ~/.local/share/man/man1

Exit codes: 0 printed or written, 1 the output cannot be written, 2 wrong usage.

Environment: no variable is read.";

pub(crate) fn run(args: &Args, mut command: clap::Command) -> Result<(), Failure> {
    // Its own page would say nothing.
    command = command.disable_help_subcommand(true);
    command.build();
    if let Some(folder) = &args.folder {
        let written = fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
        return written.map_err(|error| Failure::failed(format!("cannot write to {}: {error}", folder.display())));
    }
    let command = match &args.command {
        None => command,
        Some(name) => command.find_subcommand(name).cloned().ok_or_else(|| unknown(name, &command))?,
    };
    let mut page = Vec::new();
    let rendered = clap_mangen::Man::new(command).render(&mut page);
    rendered.map_err(|error| Failure::failed(format!("cannot render the page: {error}")))?;
    Ok(terminal::print(&page)?)
}

fn unknown(name: &str, command: &clap::Command) -> Failure {
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    Failure::usage(format!("`{name}` is not a command; the commands are {}", names.join(", ")))
}
