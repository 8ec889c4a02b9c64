//! `qrhook man`: the help as man pages.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::builder::Resettable;
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

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
        let written = fs::create_dir_all(folder).and_then(|()| write_all(&command, folder));
        return written.map_err(|error| Failure::failed(format!("cannot write to {}: {error}", folder.display())));
    }
    let command = match &args.command {
        None => &command,
        Some(name) => command.find_subcommand(name).ok_or_else(|| unknown(name, &command))?,
    };
    let page = page(command).map_err(|error| Failure::failed(format!("cannot render the page: {error}")))?;
    Ok(terminal::print(&page)?)
}

fn write_all(command: &clap::Command, folder: &Path) -> io::Result<()> {
    for command in std::iter::once(command).chain(command.get_subcommands()) {
        fs::write(folder.join(Man::new(command.clone()).get_filename()), page(command)?)?;
    }
    Ok(())
}

/// The page of a command. The library would fill the examples like prose.
fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut page = Vec::new();
    Man::new(command.clone().after_help(Resettable::Reset)).render(&mut page)?;
    let mut roff = Roff::new();
    let mut verbatim = false;
    for line in after.lines() {
        let section = SECTIONS.iter().find_map(|(label, title)| Some((title, line.strip_prefix(label)?)));
        let line = section.map_or(line, |(_, rest)| rest.trim_start());
        let is_verbatim = section.is_none() && line.starts_with(' ');
        if is_verbatim != verbatim {
            roff.control(if is_verbatim { "nf" } else { "fi" }, []);
            verbatim = is_verbatim;
        }
        if let Some((title, _)) = section {
            roff.control("SH", [*title]);
        } else if line.is_empty() {
            roff.control("PP", []);
        }
        if !line.is_empty() {
            roff.text([roman(line)]);
        }
    }
    if verbatim {
        roff.control("fi", []);
    }
    roff.to_writer(&mut page)?;
    Ok(page)
}

/// The labels in the help, and the sections of a page.
const SECTIONS: [(&str, &str); 5] = [
    ("Example:", "EXAMPLES"),
    ("Output:", "OUTPUT"),
    ("Reasons:", "REASONS"),
    ("Exit codes:", "EXIT STATUS"),
    ("Environment:", "ENVIRONMENT"),
];

fn unknown(name: &str, command: &clap::Command) -> Failure {
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    Failure::usage(format!("`{name}` is not a command; the commands are {}", names.join(", ")))
}
