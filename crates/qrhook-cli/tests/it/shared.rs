//! Several receivers on one server, and a server that goes away under them.

use std::{
    fs::File,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use qrhook_test_servers::{Postgres, Redis, RedisCluster};

use crate::support::{Listen, PATIENCE, SECRETS, ids, scan};

/// A server, as a test treats it.
trait Server {
    fn url(&self) -> String;
    fn stop(&mut self);
    fn kill(&mut self);
    fn start_again(&mut self);
    fn pause(&self);
    fn resume(&self);
}

macro_rules! server {
    ($server:ty) => {
        impl Server for $server {
            fn url(&self) -> String {
                self.url()
            }
            fn stop(&mut self) {
                self.stop();
            }
            fn kill(&mut self) {
                self.kill();
            }
            fn start_again(&mut self) {
                self.start_again();
            }
            fn pause(&self) {
                self.pause();
            }
            fn resume(&self) {
                self.resume();
            }
        }
    };
}

server!(Postgres);
server!(Redis);

fn listen(folder: &Path, output: &str, url: &str) -> Listen {
    let file = File::options().create(true).append(true).open(folder.join(output)).unwrap();
    Listen::spawn(folder, &["--store", url], &SECRETS, file.into())
}

/// Delivers an event until it is taken, as a sender does.
fn deliver(listen: &Listen, id: &str) {
    let started = Instant::now();
    while listen.qrstudio(&scan(id)) != Some(200) {
        assert!(started.elapsed() < PATIENCE, "{id} is refused: {}", listen.stderr());
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

/// The server is stopped, killed and paused: what cannot be claimed is refused, in time, and comes through afterwards.
fn survive(server: &mut impl Server) {
    let folder = tempfile::tempdir().unwrap();
    let listen = listen(folder.path(), "out", &server.url());
    let outages: [(&str, fn(&mut _), fn(&mut _)); 3] = [
        ("stopped", |server| Server::stop(server), |server| Server::start_again(server)),
        ("killed", |server| Server::kill(server), |server| Server::start_again(server)),
        ("paused", |server| Server::pause(server), |server| Server::resume(server)),
    ];
    for (name, begin, end) in outages {
        deliver(&listen, &format!("before_{name}"));
        begin(server);
        let started = Instant::now();
        let refused = listen.qrstudio(&scan(&format!("during_{name}")));
        assert_eq!(refused, Some(503), "{name}: {}", listen.stderr());
        assert!(started.elapsed() < Duration::from_secs(5), "{name}: {:?}", started.elapsed());
        // Nobody would send it again.
        assert_eq!(listen.qrplanet(&format!("event=QR_CODE_SCANNED&redirects=1&code={name}")), Some(200), "{name}");
        end(server);
        deliver(&listen, &format!("during_{name}"));
        assert_eq!(listen.qrstudio(&scan(&format!("before_{name}"))), Some(200), "{name}: it is remembered");
    }
    let mut found = ids(&folder.path().join("out"));
    found.sort();
    let expected =
        ["before_killed", "before_paused", "before_stopped", "during_killed", "during_paused", "during_stopped"];
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
    assert!(listen.stderr().contains("the store is full"), "{}", listen.stderr());
    assert_eq!(listen.qrstudio(&scan("evt_before")), Some(200), "it is remembered");
    assert_eq!(redis.command(&["CONFIG", "SET", "maxmemory", "0"]), "+OK");
    deliver(&listen, "evt_refused");
    assert_eq!(ids(&folder.path().join("out")), ["evt_before", "evt_refused"]);
}

#[test]
fn a_redis_server_that_forgets_is_refused_with_what_to_change() {
    let redis = Redis::start_with(&[["maxmemory-policy", "allkeys-lru"]]);
    let ran = crate::support::run(&["listen", "--addr", "127.0.0.1:0", "--store", &redis.url()], &SECRETS, b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("allkeys-lru") && ran.stderr.contains("noeviction"), "{}", ran.stderr);
}
