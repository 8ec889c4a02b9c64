//! The machine and the versions that were measured.

use std::{collections::BTreeSet, fs, process::Command, thread};

use qrhook_benches::results::{Result, package};
use serde::Deserialize;

/// The crates whose versions are listed, in the order of the page.
const VERSIONS: [&str; 19] = [
    "hmac",
    "sha2",
    "serde_json",
    "axum",
    "actix-web",
    "tokio",
    "hyper",
    "svix",
    "standardwebhooks",
    "axum-standardwebhooks",
    "async-stripe-webhook",
    "webhook-verify",
    "serde_urlencoded",
    "dashmap",
    "moka",
    "rusqlite",
    "sqlx",
    "redis",
    "criterion",
];

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

pub fn describe() -> Result<String> {
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let sha = if field(&processors, "flags").split(' ').any(|flag| flag == "sha_ni") { "with" } else { "without" };
    let gib = field(&memory, "MemTotal").trim_end_matches(" kB").parse::<f64>()? / f64::from(1 << 20);
    Ok(format!(
        "| | |\n| --- | --- |\n\
         | processor | {}, {} cores, {sha} SHA instructions |\n\
         | memory | {gib:.0} GiB |\n\
         | kernel | {} {} |\n\
         | compiler | {} |\n\
         | crates | {} |\n\
         | measured | {} |\n",
        field(&processors, "model name"),
        thread::available_parallelism()?,
        fs::read_to_string("/proc/sys/kernel/ostype")?.trim(),
        fs::read_to_string("/proc/sys/kernel/osrelease")?.trim(),
        run("rustc", &["--version"])?.trim(),
        versions()?,
        run("date", &["--utc", "+%F"])?.trim(),
    ))
}

/// The number of crates in the core's dependency tree without any features, itself included.
pub fn crates_of_the_core() -> Result<u32> {
    let manifest = package().join("../Cargo.toml");
    let manifest = manifest.to_str().ok_or("the path is not UTF-8")?;
    let arguments = [
        "tree",
        "--locked",
        "--manifest-path",
        manifest,
        "--package=qrhook",
        "--edges=normal",
        "--prefix=none",
        "--format={p}",
    ];
    let tree = run("cargo", &arguments)?;
    let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    Ok(names.len().try_into()?)
}

fn versions() -> Result<String> {
    let lock: Lock = toml::from_str(&fs::read_to_string(package().join("Cargo.lock"))?)?;
    let found = VERSIONS.iter().filter_map(|name| {
        // The newest version, if another crate uses an older one.
        let package = lock.package.iter().rfind(|package| package.name == *name)?;
        Some(format!("{name} {}", package.version))
    });
    Ok(found.collect::<Vec<_>>().join(", "))
}

/// The first value with this name in a file of `/proc`.
fn field<'a>(text: &'a str, name: &str) -> &'a str {
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.filter(|(found, _)| found.trim() == name).map(|(_, value)| value.trim()).next().unwrap_or("unknown")
}

fn run(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
