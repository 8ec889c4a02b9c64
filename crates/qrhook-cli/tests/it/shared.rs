//! Several receivers on one database server, and a server that goes away.

use std::{
    fs::File,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use qrhook_test_servers::{Postgres, Redis, RedisCluster, Server};

use crate::support::{Listen, PATIENCE, PATIENT, SECRETS, ids, run, scan};

/// The way in which a server goes away.
#[derive(Debug, Clone, Copy)]
enum Outage {
    Stopped,
    Killed,
    Paused,
}

impl Outage {
    fn begin(self, server: &mut impl Server) {
        match self {
            Self::Stopped => server.stop(),
            Self::Killed => server.kill(),
            Self::Paused => server.pause(),
        }
    }

    fn end(self, server: &mut impl Server) {
        match self {
            Self::Stopped | Self::Killed => server.start_again(),
            Self::Paused => server.resume(),
        }
    }
}

fn listen(folder: &Path, output: &str, url: &str) -> Listen {
    Listen::spawn(folder, &["--store", url], &SECRETS, file(folder, output))
}

fn file(folder: &Path, output: &str) -> Stdio {
    File::options().create(true).append(true).open(folder.join(output)).unwrap().into()
}

/// Sends an event until it is accepted, as a platform does.
fn deliver(listen: &Listen, id: &str) {
    insist(listen, id, || listen.qrstudio(&scan(id)));
}

fn insist(listen: &Listen, what: &str, deliver: impl Fn() -> Option<u16>) {
    let started = Instant::now();
    while deliver() != Some(200) {
        assert!(started.elapsed() < PATIENCE, "{what} is refused: {}", listen.stderr());
        thread::sleep(Duration::from_millis(50));
    }
}

fn share(url: &str) {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other"].map(|output| listen(folder.path(), output, url));
    assert!(one.stderr().contains("\nstore: "), "{}", one.stderr());
    for number in 0..20 {
        let event = scan(&format!("evt_{number}"));
        let answers = [&one, &other, &one].map(|listen| listen.qrstudio(&event));
        assert_eq!(answers, [Some(200); 3], "{number}");
    }
    drop(one);
    let again = listen(folder.path(), "one", url);
    assert_eq!(again.qrstudio(&scan("evt_0")), Some(200));
    let lines = |output| ids(&folder.path().join(output)).len();
    assert_eq!((lines("one"), lines("other")), (20, 0));
    for listen in [&again, &other] {
        for secret in [Postgres::PASSWORD, Redis::PASSWORD] {
            assert!(!listen.stderr().contains(secret), "{}", listen.stderr());
        }
    }
}

#[test]
fn two_receivers_share_a_postgres_server() {
    share(&Postgres::start().url());
}

#[test]
fn two_receivers_share_a_redis_server_and_a_cluster() {
    share(&Redis::start().url());
    share(&RedisCluster::start().url());
}

/// The server is stopped, killed and paused: an event that cannot be claimed is refused in time, and accepted later.
fn survive(server: &mut impl Server) {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--store", &server.url()];
    let listen = Listen::spawn_impatient(folder.path(), &arguments, &SECRETS, file(folder.path(), "out"));
    for outage in [Outage::Stopped, Outage::Killed, Outage::Paused] {
        let (before, during) = (format!("{outage:?} before"), format!("{outage:?} during"));
        deliver(&listen, &before);
        outage.begin(server);
        let refused = listen.qrstudio(&scan(&during));
        assert_eq!(refused, Some(503), "{outage:?}: {}", listen.stderr());
        // QR Planet would not send it again.
        let clicked = format!("event=QR_CODE_SCANNED&redirects=1&code={outage:?}");
        insist(&listen, &clicked, || listen.qrplanet(&clicked));
        outage.end(server);
        deliver(&listen, &during);
        // Its id is remembered, so it is not printed again.
        deliver(&listen, &before);
    }
    let mut found = ids(&folder.path().join("out"));
    found.sort();
    let expected =
        ["Killed", "Paused", "Stopped"].map(|outage| [format!("{outage} before"), format!("{outage} during")]);
    let expected = expected.concat();
    assert_eq!(found, expected);
    assert_eq!(listen.terminate().code(), Some(0));
}

#[test]
fn a_postgres_server_that_goes_away_loses_nothing_and_repeats_nothing() {
    survive(&mut Postgres::start());
}

#[test]
fn a_redis_server_that_goes_away_loses_nothing_and_repeats_nothing() {
    survive(&mut Redis::start_with(&[["appendfsync", "always"]]));
}

#[test]
fn a_redis_server_that_is_full_refuses_and_recovers() {
    let redis = Redis::start();
    let folder = tempfile::tempdir().unwrap();
    let listen = listen(folder.path(), "out", &redis.url());
    deliver(&listen, "evt_before");
    // Less than an empty server needs.
    assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory", "500kb"]), "+OK");
    let event = scan("evt_refused");
    assert_eq!(listen.qrstudio(&event), Some(503));
    listen.says("the store is full");
    assert_eq!(listen.qrstudio(&scan("evt_before")), Some(200), "it is remembered");
    assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory", "0"]), "+OK");
    deliver(&listen, "evt_refused");
    assert_eq!(ids(&folder.path().join("out")), ["evt_before", "evt_refused"]);
}

#[test]
fn a_postgres_server_that_is_full_refuses_and_forgets_nothing() {
    let postgres = Postgres::start_small();
    let folder = tempfile::tempdir().unwrap();
    let listen = listen(folder.path(), "out", &postgres.url());
    let url = format!("http://{}/qrstudio", listen.address);
    let send = |count: &str| {
        let more = ["--seed", "1", "--count", count, "--parallel", "32"];
        run(&[&["send", "qrstudio", "scan.created", &url][..], &more, &PATIENT].concat(), &SECRETS, b"")
    };
    let filling = send("20000");
    listen.says("the store is full");
    let answered =
        |status: &str| filling.stdout.lines().filter(|line| line.contains(" ms ") && line.starts_with(status)).count();
    let handled = answered("200");
    assert_eq!((handled + answered("503"), filling.code), (20_000, Some(1)));
    assert!((1000..20_000).contains(&handled), "{handled} of 20000");
    assert_eq!(ids(&folder.path().join("out")).len(), handled, "what is acknowledged was handled, and nothing else");
    assert_eq!(send("1000").code, Some(0), "what was handled is remembered");
    assert_eq!(ids(&folder.path().join("out")).len(), handled);
}

#[test]
fn a_redis_server_that_forgets_is_refused_with_what_to_change() {
    let redis = Redis::start_with(&[["maxmemory-policy", "allkeys-lru"]]);
    let ran = run(&["listen", "--addr", "127.0.0.1:0", "--store", &redis.url()], &SECRETS, b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("allkeys-lru") && ran.stderr.contains("noeviction"), "{}", ran.stderr);
}
