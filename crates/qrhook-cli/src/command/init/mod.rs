//! `qrhook init`: a starter that compiles.

mod ask;
mod starter;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::ValueEnum;

use self::starter::Starter;
use crate::{failure::Failure, platform::Platform, terminal};

/// Write a starter: a small axum or actix-web program, or a systemd unit
///
/// The program receives the events of one sender, each once, and has a test. The unit runs `qrhook listen`. Values that
/// are not given as flags are asked for at the terminal. The folder must be new or empty: no file is overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The folder to write to
    folder: Option<PathBuf>,
    /// The kind of starter
    #[arg(long, value_name = "KIND")]
    kind: Option<Kind>,
    /// The platform to receive from
    #[arg(long = "sender", value_name = "NAME")]
    platform: Option<Platform>,
    /// The store of handled ids
    #[arg(long, value_name = "STORE")]
    store: Option<StoreKind>,
    /// A checkout of qrhook to take the crates from [default: the checkout that the current folder is in]
    ///
    /// It is required outside a checkout until the crates are published.
    #[arg(long, value_name = "CHECKOUT")]
    path: Option<PathBuf>,
}

const HELP: &str = "\
Example:
  qrhook init my-hook
  qrhook init my-hook --kind axum --platform qrstudio --store sqlite
  qrhook init unit --kind systemd --platform codeqr --store sqlite

Exit codes: 0 written, 1 the folder is not empty or cannot be written, 2 wrong usage, or a flag is missing and standard \
input is not a terminal.

Environment: no variable is read.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A program with axum
    Axum,
    /// A program with actix-web
    #[value(alias = "actix-web")]
    Actix,
    /// A systemd unit for `qrhook listen`
    Systemd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StoreKind {
    /// A SQLite file: one program on one machine
    Sqlite,
    /// A Postgres server: several programs
    Postgres,
    /// A Redis server: several programs
    Redis,
    /// The memory of the program: forgets at a restart
    Memory,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => PathBuf::from(ask::text("FOLDER", "Folder", "my-hook")?),
    };
    check_empty(&folder)?;
    let kind = ask::choice(args.kind, "--kind", "What to write")?;
    let starter = Starter {
        kind,
        platform: ask::choice(args.platform, "--sender", "Sender")?,
        store: ask::choice(args.store, "--store", "Store")?,
        name: package_name(&folder),
        checkout: if kind == Kind::Systemd { None } else { checkout(args.path.as_deref())? },
    };
    if kind == Kind::Systemd && args.path.is_some() {
        return Err(Failure::usage("--path has no effect on --kind systemd"));
    }
    for (path, content) in starter.files() {
        write(&folder.join(path), &content)?;
    }
    let folder = folder.display();
    let source = match (kind, &starter.checkout) {
        (Kind::Systemd, _) => String::new(),
        (_, Some(checkout)) => format!("It takes the crates from {}.\n", checkout.display()),
        (_, None) => "It takes the crates from the registry.\n".to_owned(),
    };
    Ok(terminal::print(format!("Wrote {folder}. {source}Next: {folder}/README.md\n").as_bytes())?)
}

fn check_empty(folder: &Path) -> Result<(), Failure> {
    let taken = || Failure::failed(format!("{} exists and is not an empty folder", folder.display()));
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_none() {
                Ok(())
            } else {
                Err(taken())
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(taken()),
        Err(error) => Err(Failure::failed(format!("cannot read {}: {error}", folder.display()))),
    }
}

fn write(path: &Path, content: &str) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    // Never over a file that appeared in the meantime.
    let written = made.and_then(|()| {
        let mut file = fs::File::create_new(path)?;
        io::Write::write_all(&mut file, content.as_bytes())
    });
    written.map_err(|error| Failure::failed(format!("cannot write {}: {error}", path.display())))
}

/// A valid name of a package, derived from the folder.
fn package_name(folder: &Path) -> String {
    /// Names of dependencies, which a package cannot share, and names that Cargo or Rust reserves.
    const TAKEN: [&str; 13] = [
        "actix",
        "actix-web",
        "alloc",
        "anyhow",
        "axum",
        "build",
        "core",
        "deps",
        "examples",
        "std",
        "test",
        "tokio",
        "tower",
    ];
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name: String =
        name.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '-' }).collect();
    let name = name.trim_matches('-');
    let begins = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
    if begins && !name.starts_with("qrhook") && !TAKEN.contains(&name) {
        name.to_owned()
    } else {
        format!("hook-{name}").trim_end_matches('-').to_owned()
    }
}

/// The checkout that was given, or the one that the current folder is in.
fn checkout(given: Option<&Path>) -> Result<Option<PathBuf>, Failure> {
    let is_checkout = |folder: &Path| folder.join("crates/qrhook/Cargo.toml").is_file();
    let absolute = |folder: &Path| {
        fs::canonicalize(folder).map_err(|error| Failure::usage(format!("--path: {}: {error}", folder.display())))
    };
    match given {
        Some(folder) if is_checkout(folder) => absolute(folder).map(Some),
        Some(folder) => Err(Failure::usage(format!("--path: {} is not a checkout of qrhook", folder.display()))),
        None => {
            let current = std::env::current_dir().unwrap_or_default();
            let found = current.ancestors().find(|folder| is_checkout(folder)).map(absolute).transpose()?;
            if found.is_none() && !starter::PUBLISHED {
                return Err(Failure::usage(
                    "the crates are not on a registry yet: run this in a checkout of qrhook, or name one with --path",
                ));
            }
            Ok(found)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_gives_a_valid_name_of_a_package() {
        let cases = [
            ("my-hook", "my-hook"),
            ("/tmp/My Hook.d", "my-hook-d"),
            ("crm", "crm"),
            ("test", "hook-test"),
            ("qrhook", "hook-qrhook"),
            ("1", "hook-1"),
            ("..", "hook"),
            ("\u{fc}", "hook"),
        ];
        for (folder, name) in cases {
            assert_eq!(package_name(Path::new(folder)), name, "{folder}");
        }
    }
}
