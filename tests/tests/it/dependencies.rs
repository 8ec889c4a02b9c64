//! The dependencies that the crates bring in.

use std::{collections::BTreeSet, process::Command};

/// The names of all direct and indirect dependencies of a crate in a normal build.
fn tree(package: &str) -> BTreeSet<String> {
    let arguments =
        ["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}", "--package", package];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_plain_function_pays_for_no_runtime_no_framework_and_no_database() {
    let tree = tree("qrhook");
    assert!(tree.contains("hmac") && tree.contains("serde_json"), "the tree was read: {tree:?}");
    for unwanted in [
        "tokio",
        "async-std",
        "smol",
        "mio",
        "hyper",
        "axum",
        "axum-core",
        "tower",
        "actix-web",
        "rustls",
        "rusqlite",
        "sqlx",
    ] {
        assert!(!tree.contains(unwanted), "{unwanted}");
    }
    assert!(tree.len() <= 40, "{} crates: {tree:?}", tree.len());
}

#[test]
fn siblings_do_not_depend_on_each_other() {
    let crates = ["qrhook-actix", "qrhook-axum", "qrhook-postgres", "qrhook-redis", "qrhook-sqlite"];
    for (package, tree) in crates.map(|package| (package, tree(package))) {
        assert!(tree.contains("qrhook"));
        let siblings: Vec<_> = crates.iter().filter(|other| **other != package && tree.contains(**other)).collect();
        assert!(siblings.is_empty(), "{package}: {siblings:?}");
    }
    assert!(!tree("qrhook-axum").contains("axum"), "the adapter needs only axum-core");
}
