//! `qrhook init`, `completions`, `man` and `--version`. `scripts/starters` compiles the starters.

use std::path::Path;

use crate::support::{Ran, run};

fn checkout() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").display().to_string()
}

fn init(folder: &Path, kind: &str, more: &[&str]) -> Ran {
    let folder = folder.to_str().unwrap();
    run(&[&["init", folder, "--kind", kind, "--sender", "codeqr", "--store", "redis"], more].concat(), &[], b"")
}

#[test]
fn writes_a_program_of_the_answers() {
    let place = tempfile::tempdir().unwrap();
    for (kind, layer) in [("axum", "WebhookLayer"), ("actix", "WebhookMiddleware")] {
        let folder = place.path().join(kind);
        let ran = init(&folder, kind, &["--path", &checkout()]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
        let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
        let program = read("src/main.rs");
        for expected in [layer, "Receiver::<CodeQr>::new(\"hook-", "RedisStore::connect", "CODEQR_WEBHOOK_SECRET"] {
            assert!(program.contains(expected), "{expected}: {program}");
        }
        let manifest = read("Cargo.toml");
        let crates = std::fs::canonicalize(checkout()).unwrap().join("crates");
        for name in ["qrhook".to_owned(), format!("qrhook-{kind}"), "qrhook-redis".to_owned()] {
            let expected = format!("{name} = {{ path = {:?}", crates.join(&name).to_str().unwrap());
            assert!(manifest.contains(&expected), "{expected}: {manifest}");
        }
        assert!(read("README.md").contains("qrhook send codeqr sale.created http://127.0.0.1:8080/codeqr"));
    }
}

#[test]
fn writes_a_unit_whose_secrets_are_in_a_file_of_their_own() {
    let place = tempfile::tempdir().unwrap();
    let ran = init(&place.path().join("unit"), "systemd", &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let read = |path: &str| std::fs::read_to_string(place.path().join("unit").join(path)).unwrap();
    let unit = read("qrhook.service");
    assert!(unit.contains("exec /usr/local/bin/qrhook listen --addr 127.0.0.1:8080 >> "), "{unit}");
    assert!(unit.contains("\nEnvironmentFile=/etc/qrhook/secrets.env\n"), "{unit}");
    let environment = read("secrets.env");
    assert!(environment.contains("CODEQR_WEBHOOK_SECRET=\n") && environment.contains("QRHOOK_STORE=redis://"));
}

#[test]
fn the_guide_explains_the_same_unit() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("unit");
    let arguments = ["init", folder.to_str().unwrap(), "--kind", "systemd", "--sender", "codeqr", "--store", "sqlite"];
    assert_eq!(run(&arguments, &[], b"").code, Some(0));
    let unit = std::fs::read_to_string(folder.join("qrhook.service")).unwrap();
    let guide = std::fs::read_to_string(Path::new(&checkout()).join("docs/systemd.md")).unwrap();
    assert!(guide.contains(&format!("```systemd\n# /etc/systemd/system/qrhook.service\n{unit}```\n")), "{unit}");
}

#[test]
fn overwrites_nothing() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("mine"), "mine").unwrap();
    for folder in [place.path(), &place.path().join("mine")] {
        let ran = init(folder, "axum", &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
        assert!(ran.stderr.contains("is not an empty folder"), "{}", ran.stderr);
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
}

#[test]
fn names_the_flag_where_there_is_no_terminal_to_ask_at() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("hook");
    let folder = folder.to_str().unwrap();
    let flags = [["--kind", "axum"], ["--sender", "codeqr"], ["--store", "memory"]];
    for missing in 0..flags.len() {
        let given = flags.iter().enumerate().filter(|(index, _)| *index != missing).flat_map(|(_, flag)| *flag);
        let ran = run(&[&["init", folder][..], &given.collect::<Vec<_>>()].concat(), &[], b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
        assert!(ran.stderr.starts_with(&format!("error: {} is missing", flags[missing][0])), "{}", ran.stderr);
    }
    assert!(run(&["init"], &[], b"").stderr.starts_with("error: FOLDER is missing"));
    let ran = init(Path::new(folder), "axum", &["--path", place.path().to_str().unwrap()]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("is not a checkout of qrhook"), "{}", ran.stderr);
    assert!(!Path::new(folder).exists());
}

#[test]
fn completions_and_man_pages_know_every_command() {
    for (shell, start) in [
        ("bash", "_qrhook() {"),
        ("zsh", "#compdef qrhook"),
        ("fish", "# Print an optspec"),
        ("elvish", "\nuse builtin;"),
        ("powershell", "\nusing namespace"),
    ] {
        let ran = run(&["completions", shell], &[], b"");
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.stdout.starts_with(start) && ran.stdout.contains("verify"), "{shell}: {}", ran.stdout);
    }
    let place = tempfile::tempdir().unwrap();
    let ran = run(&["man", "--dir", place.path().join("man1").to_str().unwrap()], &[], b"");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), "", ""));
    let page = |name: &str| std::fs::read_to_string(place.path().join("man1").join(name)).unwrap();
    assert!(page("qrhook.1").contains("qrhook\\-listen(1)"), "{}", page("qrhook.1"));
    for command in ["demo", "listen", "verify", "doctor", "sign", "send", "init", "completions", "man"] {
        let page = page(&format!("qrhook-{command}.1"));
        for section in [".SH EXAMPLES\n.nf\n", ".fi\n", ".SH \"EXIT STATUS\"\n0 ", ".SH ENVIRONMENT\n"] {
            assert!(page.contains(section), "{section}: {page}");
        }
        let ran = run(&["man", command], &[], b"");
        assert_eq!((ran.code, ran.stdout), (Some(0), page), "{command}");
    }
    assert_eq!(std::fs::read_dir(place.path().join("man1")).unwrap().count(), 10);
    let ran = run(&["man", "nonsense"], &[], b"");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("the commands are demo, listen, verify"), "{}", ran.stderr);
}

/// The version names the commit if the command was built in a repository.
#[test]
fn the_version_names_the_commit() {
    let ran = run(&["--version"], &[], b"");
    let version = concat!("qrhook ", env!("CARGO_PKG_VERSION"));
    let rest = ran.stdout.strip_prefix(version).unwrap_or_else(|| panic!("{}", ran.stdout));
    let log = ["log", "-1", "--format=%h %cs", "--abbrev=12"];
    let git = std::process::Command::new("git").args(log).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    match git.ok().filter(|git| git.status.success() && std::env::var_os("QRHOOK_COMMIT").is_none()) {
        Some(git) => assert_eq!(rest, format!(" ({})\n", String::from_utf8(git.stdout).unwrap().trim())),
        None => assert!(rest == "\n" || rest.starts_with(" ("), "{rest}"),
    }
}
