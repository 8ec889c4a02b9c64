//! Puts the commit and its date into `qrhook --version`.

use std::{fs, path::Path, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=QRHOOK_COMMIT");
    let version = env!("CARGO_PKG_VERSION");
    match given().or_else(packaged).or_else(checked_out) {
        Some(commit) => println!("cargo::rustc-env=QRHOOK_VERSION={version} ({commit})"),
        None => println!("cargo::rustc-env=QRHOOK_VERSION={version}"),
    }
}

/// For builds without a repository, such as in a container.
fn given() -> Option<String> {
    std::env::var("QRHOOK_COMMIT").ok().map(|commit| commit.trim().to_owned()).filter(|commit| !commit.is_empty())
}

/// The commit that `cargo package` wrote into the package.
fn packaged() -> Option<String> {
    let text = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let hash = text.split('"').skip_while(|part| *part != "sha1").nth(2)?;
    Some(hash.get(..12)?.to_owned())
}

/// The commit of the repository, if this file belongs to it: the package may have been unpacked inside another one.
fn checked_out() -> Option<String> {
    git(&["ls-files", "--error-unmatch", "build.rs"])?;
    // One of them changes with every commit and every checkout.
    let branch = git(&["symbolic-ref", "HEAD"]);
    for name in ["HEAD", "logs/HEAD", "packed-refs"].into_iter().chain(branch.as_deref()) {
        let path = git(&["rev-parse", "--git-path", name])?;
        if Path::new(&path).exists() {
            println!("cargo::rerun-if-changed={path}");
        }
    }
    git(&["log", "-1", "--format=%h %cs", "--abbrev=12"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
