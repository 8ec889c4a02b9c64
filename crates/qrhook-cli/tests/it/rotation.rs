//! `qrhook listen --secrets`: tenants, and secrets that change while it runs.

use std::{
    collections::BTreeSet,
    fs::File,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use qrhook::{Provider, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio};

use crate::support::{Listen, PATIENCE, exchange, ids, run, scan, signed_at};

/// A secret of the file: sender, tenant, label, and the text, which begins with the label.
type Row<'a> = (&'a str, Option<&'a str>, &'a str);

fn text_of(label: &str) -> String {
    format!("{label}-not-a-real-secret")
}

/// Writes the file as an operator does: the new one takes the place of the old one at once.
fn write(folder: &Path, rows: &[Row<'_>]) {
    let mut file = String::new();
    for (sender, tenant, label) in rows {
        let tenant = tenant.map_or_else(String::new, |tenant| format!("tenant = \"{tenant}\"\n"));
        let text = text_of(label);
        file += &format!("[[secret]]\nsender = \"{sender}\"\n{tenant}label = \"{label}\"\nsecret = \"{text}\"\n\n");
    }
    let new = folder.join("new.toml");
    std::fs::write(&new, file).unwrap();
    std::fs::rename(new, folder.join("secrets.toml")).unwrap();
}

fn start(folder: &Path) -> Listen {
    let out = File::options().create(true).append(true).open(folder.join("out")).unwrap();
    Listen::spawn(folder, &["--secrets", "secrets.toml"], &[], out.into())
}

fn post<P: Provider + Default>(listen: &Listen, path: &str, label: &str, body: &str) -> Option<u16> {
    exchange(listen.address, &signed_at::<P>(path, &text_of(label), body))
}

/// Waits until a request gets this status.
fn becomes(listen: &Listen, path: &str, label: &str, id: &str, expected: u16) {
    let started = Instant::now();
    while post::<QrStudio>(listen, path, label, &scan(id)) != Some(expected) {
        assert!(started.elapsed() < PATIENCE, "{path} with {label}: {}", listen.stderr());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_change_of_the_file_takes_effect_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("qrstudio", None, "old")]);
    let listen = start(folder.path());
    assert_eq!(post::<QrStudio>(&listen, "/qrstudio", "old", &scan("evt_1")), Some(200));
    assert_eq!(post::<QrStudio>(&listen, "/qrstudio", "new", &scan("evt_2")), Some(401));
    write(folder.path(), &[("qrstudio", None, "new"), ("qrstudio", None, "old")]);
    becomes(&listen, "/qrstudio", "new", "evt_2", 200);
    assert_eq!(post::<QrStudio>(&listen, "/qrstudio", "old", &scan("evt_3")), Some(200));
    // A file that cannot be used changes nothing.
    std::fs::write(folder.path().join("secrets.toml"), "[[secret]]\nsender = \"qrstudio\"\nsecret = 7").unwrap();
    listen.says("line 3: `secret` is not a string in quotes");
    assert_eq!(post::<QrStudio>(&listen, "/qrstudio", "new", &scan("evt_4")), Some(200));
    std::fs::remove_file(folder.path().join("secrets.toml")).unwrap();
    listen.says("cannot read secrets.toml");
    assert_eq!(post::<QrStudio>(&listen, "/qrstudio", "old", &scan("evt_5")), Some(200));
    write(folder.path(), &[("qrstudio", None, "new")]);
    becomes(&listen, "/qrstudio", "old", "evt_1", 401);
    assert_eq!(post::<QrStudio>(&listen, "/qrstudio", "new", &scan("evt_1")), Some(200), "a repeat");
    let said = listen.stderr();
    assert!(said.contains("signed with the secret \\\"old\\\", which has not been accepted since"), "{said}");
    assert!(said.contains("one of several secrets of this hook"), "{said}");
    assert!(!said.contains("not-a-real-secret"), "{said}");
    assert!(listen.terminate().success());
    assert_eq!(ids(&folder.path().join("out")), ["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"]);
}

#[cfg(unix)]
#[test]
fn a_hangup_reads_the_file_again_and_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("codeqr", None, "only")]);
    let listen = start(folder.path());
    listen.says("listening");
    listen.signal("-HUP");
    listen.says("the secrets were read again");
    assert!(listen.terminate().success());
}

#[test]
fn tenants_have_paths_secrets_and_ids_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let [acme, globex] = [("qrstudio", Some("acme"), "acme-1"), ("qrstudio", Some("globex"), "globex-1")];
    write(folder.path(), &[("qrstudio", None, "own"), acme]);
    let listen = start(folder.path());
    let studio = |path: &str, label: &str| post::<QrStudio>(&listen, path, label, &scan("evt_1"));
    assert_eq!(studio("/qrstudio", "own"), Some(200));
    assert_eq!(studio("/qrstudio/acme", "acme-1"), Some(200));
    for (path, label) in [
        ("/qrstudio", "acme-1"),
        ("/qrstudio/acme", "own"),
        ("/qrstudio/globex", "globex-1"),
        ("/qrstudio/globex", "acme-1"),
    ] {
        assert_eq!(studio(path, label), Some(401), "{path} with {label}");
    }
    assert_eq!(studio("/qrstudio/acme/", "acme-1"), Some(404));
    assert_eq!(studio("/codeqr/acme", "acme-1"), Some(404));
    write(folder.path(), &[("qrstudio", None, "own"), acme, globex]);
    becomes(&listen, "/qrstudio/globex", "globex-1", "evt_1", 200);
    assert_eq!(studio("/qrstudio/globex", "acme-1"), Some(401));
    write(folder.path(), &[("qrstudio", None, "own"), globex]);
    becomes(&listen, "/qrstudio/acme", "acme-1", "evt_1", 401);
    assert!(listen.terminate().success());
    let out = std::fs::read_to_string(folder.path().join("out")).unwrap();
    let tenants: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let tenants: Vec<_> = tenants.iter().map(|line| line.get("tenant").map(ToString::to_string)).collect();
    assert_eq!(tenants, [None, Some("\"acme\"".to_owned()), Some("\"globex\"".to_owned())]);
}

#[test]
fn a_file_that_cannot_be_used_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.toml");
    let file = file.to_str().unwrap();
    let ran = run(&["listen", "--secrets", file], &[], b"");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("cannot read"), "{}", ran.stderr);
    std::fs::write(file, "[[secret]]\nsender = \"qrstudio\"\nsecret = \" hunter2\"").unwrap();
    let ran = run(&["listen", "--secrets", file], &[], b"");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("line 1: the secret has white space around it"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    write(folder.path(), &[("codeqr", None, "only")]);
    let ran = run(&["listen", "--secrets", file, "--sender", "qrstudio"], &[], b"");
    assert_eq!((ran.code, ran.stderr.contains("has no secret of qrstudio")), (Some(2), true), "{}", ran.stderr);
    let both = run(&["listen", "--secrets", file, "--secret-env", "A"], &[("A", "a")], b"");
    assert_eq!(both.code, Some(2), "{}", both.stderr);
}

/// A platform that sends one event after another, signed with its current secret, each until it is accepted.
struct Platform {
    label: Mutex<&'static str>,
    refused: AtomicUsize,
    sent: AtomicUsize,
    stop: AtomicBool,
}

impl Platform {
    fn with(label: &'static str) -> Self {
        let stop = AtomicBool::new(false);
        Self { label: Mutex::new(label), refused: AtomicUsize::new(0), sent: AtomicUsize::new(0), stop }
    }

    fn deliver<P: Provider + Default>(&self, listen: &Listen, body: impl Fn(usize) -> String) {
        while !self.stop.load(Ordering::SeqCst) {
            let body = body(self.sent.load(Ordering::SeqCst));
            let started = Instant::now();
            loop {
                let label = *self.label.lock().unwrap();
                let status = post::<P>(listen, &format!("/{}", P::default().name()), label, &body);
                if status == Some(200) {
                    break;
                }
                assert!(started.elapsed() < PATIENCE, "{status:?}: {}", listen.stderr());
                self.refused.fetch_add(usize::from(status == Some(401)), Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
            }
            self.sent.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn rotates_to(&self, label: &'static str) {
        *self.label.lock().unwrap() = label;
    }

    /// Waits until more events were accepted.
    fn goes_on(&self) {
        let (enough, started) = (self.sent.load(Ordering::SeqCst).saturating_add(20), Instant::now());
        while self.sent.load(Ordering::SeqCst) < enough {
            assert!(started.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Rotates a secret under load. `rotate` does the operator's steps, after which the new secret is in use.
fn rotates<P: Provider + Default>(
    body: impl Fn(usize) -> String + Send,
    rotate: impl Fn(&Path, &Listen, &Platform),
) -> usize {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[(P::default().name(), None, "old")]);
    let listen = start(folder.path());
    let platform = Platform::with("old");
    std::thread::scope(|scope| {
        scope.spawn(|| platform.deliver::<P>(&listen, body));
        platform.goes_on();
        rotate(folder.path(), &listen, &platform);
        platform.goes_on();
        platform.stop.store(true, Ordering::SeqCst);
    });
    assert!(listen.terminate().success());
    let out = std::fs::read_to_string(folder.path().join("out")).unwrap();
    let lines = out.lines().count();
    assert_eq!(lines, platform.sent.load(Ordering::SeqCst), "each event once");
    assert_eq!(out.lines().collect::<BTreeSet<_>>().len(), lines, "no event twice");
    platform.refused.load(Ordering::SeqCst)
}

/// The new secret is accepted beside the old one before the platform uses it.
fn prepared(folder: &Path, sender: &str, listen: &Listen, platform: &Platform) {
    write(folder, &[(sender, None, "new"), (sender, None, "old")]);
    listen.says("one of several secrets of this hook");
    platform.goes_on();
    platform.rotates_to("new");
    platform.goes_on();
    write(folder, &[(sender, None, "new")]);
}

#[test]
fn a_prepared_rotation_refuses_nothing() {
    let refused = rotates::<CodeQr>(
        |number| format!(r#"{{"event":"link.created","id":"evt_{number}","data":{{}}}}"#),
        |folder, listen, platform| prepared(folder, "codeqr", listen, platform),
    );
    assert_eq!(refused, 0);
    let refused = rotates::<QrPlanet>(
        |number| format!("event=VOUCHER_REDEEMED&status=SUCCESS&uniqueid={number}"),
        |folder, listen, platform| prepared(folder, "qrplanet", listen, platform),
    );
    assert_eq!(refused, 0);
}

/// QR Studio ends the old secret at once, and the new one is known only then. What is refused in the gap comes again.
#[test]
fn an_immediate_rotation_loses_nothing() {
    let refused = rotates::<QrStudio>(
        |number| scan(&format!("evt_{number}")),
        |folder, listen, platform| {
            platform.rotates_to("new");
            listen.says("signature-mismatch");
            write(folder, &[("qrstudio", None, "new"), ("qrstudio", None, "old")]);
            platform.goes_on();
            write(folder, &[("qrstudio", None, "new")]);
        },
    );
    assert!(refused > 0, "the gap was noticed");
}
