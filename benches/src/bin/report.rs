//! Reads the results of `scripts/bench` and writes `docs/performance.md`.

#[path = "../report/mod.rs"]
mod report;

use std::fs;

use qrhook_benches::results::{Result, package};

fn main() -> Result<()> {
    let path = package().join("../docs/performance.md");
    fs::create_dir_all(package().join("../docs"))?;
    fs::write(&path, report::page()?)?;
    println!("wrote docs/performance.md");
    Ok(())
}
