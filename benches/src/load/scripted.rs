//! The peers in other languages. The first run installs pinned versions of them into the target folder.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Result, requests::SECRET, target};

/// Creates the environment of the Flask receiver.
pub fn install_flask() -> Result<()> {
    let (folder, wanted) = (target().join("flask"), peers().join("flask/requirements.txt"));
    install(&folder, &wanted, |folder| {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        run(Command::new(folder.join("bin/python")).args(pip).arg(&wanted))
    })
}

/// Installs the packages of the Express receiver.
pub fn install_express() -> Result<()> {
    let (folder, wanted) = (target().join("express"), peers().join("express/package.json"));
    run(Command::new("node").arg("--version").stdout(Stdio::null()))?;
    install(&folder, &wanted, |folder| {
        fs::create_dir_all(folder)?;
        fs::copy(&wanted, folder.join("package.json"))?;
        let npm = ["install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--prefix"];
        run(Command::new("npm").args(npm).arg(folder))
    })
}

/// Installs once for each list of versions: a copy of the list marks what is installed.
fn install(folder: &Path, wanted: &Path, install: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let (wanted, mark) = (fs::read_to_string(wanted)?, folder.join("installed"));
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install(folder)?;
    Ok(fs::write(mark, wanted)?)
}

/// Becomes the Flask receiver.
pub fn run_flask() -> Result<()> {
    become_server(Command::new(target().join("flask/bin/python")).arg(peers().join("flask/receiver.py")))
}

/// Becomes the Express receiver.
pub fn run_express() -> Result<()> {
    let modules = target().join("express/node_modules");
    let mut node = Command::new("node");
    become_server(node.env("NODE_PATH", modules).env("NODE_ENV", "production").arg(peers().join("express/receiver.js")))
}

fn become_server(command: &mut Command) -> Result<()> {
    // Returns only if it fails.
    Err(command.env("WEBHOOK_SECRET", SECRET).exec().into())
}

fn peers() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers")
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program}: {status}").into()),
        Err(error) => Err(format!("{program}: {error}").into()),
    }
}
