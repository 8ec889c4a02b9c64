//! Secrets in an address reach neither the log nor an error.

use std::{
    error::Error,
    fmt::Write,
    io,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
};

use log::LevelFilter;
use qrhook::store::Store;
use qrhook_redis::ConnectError;
use qrhook_test_servers::{Redis, RedisCluster};
use tracing::Level;

use crate::support::{handle, key, patient, try_claim};

/// The log of the client in all tests. The client uses a different logging crate than ours.
#[derive(Default)]
struct Client(Mutex<String>);

impl log::Log for Client {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        writeln!(self.text(), "{} {}", record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

impl Client {
    fn text(&self) -> MutexGuard<'_, String> {
        self.0.lock().unwrap()
    }

    fn start() -> &'static Self {
        static CLIENT: OnceLock<&'static Client> = OnceLock::new();
        CLIENT.get_or_init(|| {
            let client: &Self = Box::leak(Box::default());
            log::set_logger(client).unwrap();
            log::set_max_level(LevelFilter::Trace);
            client
        })
    }
}

#[derive(Clone, Default)]
struct Ours(Arc<Mutex<Vec<u8>>>);

impl io::Write for Ours {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the error, and the text of the error and the logs.
async fn refused(url: &str) -> (ConnectError, String) {
    let (client, ours) = (Client::start(), Ours::default());
    let writer = ours.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let error = patient().connect(url).await.unwrap_err();
    let ours = String::from_utf8(ours.0.lock().unwrap().clone()).unwrap();
    let mut said = format!("{error} {error:?} {ours} {}", client.text());
    let mut source = error.source();
    while let Some(cause) = source {
        said.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    (error, said)
}

#[tokio::test]
async fn unknown_parameters_are_refused_by_name() {
    let cases = [
        ("redis://127.0.0.1:1/?pasword=SECRET", "pasword", "known parameters are protocol"),
        ("redis://127.0.0.1:1/?password=SECRET", "password", "known parameters are protocol"),
        ("redis://127.0.0.1:1/?protocol=resp3&pass=SECRET", "pass", "known parameters are protocol"),
        ("valkey://127.0.0.1:1/?Protocol=SECRET", "Protocol", "known parameters are protocol"),
        ("unix:///nowhere?pa%73sword=SECRET", "password", "known parameters are db, pass, protocol, user"),
        (
            "redis+unix:///nowhere?db=1&db=1&token=SECRET&token=SECRET",
            "token",
            "known parameters are db, pass, protocol, user",
        ),
    ];
    for (url, expected, known) in cases {
        let (error, said) = refused(url).await;
        assert!(
            matches!(&error, ConnectError::UnknownParameter { name: Some(name), .. } if name == expected),
            "{url}: {error:?}"
        );
        assert!(error.to_string().ends_with(known) && error.to_string().contains(expected), "{error}");
        assert!(!said.contains("SECRET"), "{said}");
    }
    for query in ["SECRET%20=1", "SECRET:=1", "%00SECRET", "=SECRET", "a=SECRET", &"SECRET".repeat(20)] {
        let (error, said) = refused(&format!("unix:///nowhere?{query}&more=@")).await;
        assert!(matches!(error, ConnectError::UnknownParameter { name: None, .. }), "{query}: {error:?}");
        assert!(!said.contains("SECRET"), "{said}");
    }
}

/// The login is refused by a server, and by the nodes of a cluster, about which the client itself logs.
#[tokio::test]
async fn neither_the_password_nor_an_event_is_logged() {
    let client = Client::start();
    let (redis, mut cluster) = (Redis::start(), RedisCluster::start_with(&[["cluster-require-full-coverage", "no"]]));
    for url in [redis.url(), cluster.url()] {
        for wrong in [
            url.replace(Redis::PASSWORD, "SECRET"),
            url.replace(Redis::PASSWORD, "SECRET").replace("//:", "//SECRET:"),
            format!("{url}/SECRET"),
            format!("{url}/987"),
        ] {
            let (_, said) = refused(&wrong).await;
            assert!(!said.contains("SECRET") && !said.contains("987"), "{said}");
            assert!(!said.contains(Redis::PASSWORD), "{said}");
        }
    }
    // Only the first node knows this user.
    let node = &cluster.nodes()[0];
    assert_eq!(node.command(&["ACL", "SETUSER", "one", "on", ">SECRET", "~*", "+@all"]), "+OK");
    let (_, said) = refused(&format!("redis://one:SECRET@127.0.0.1:{}", node.port())).await;
    assert!(!said.contains("SECRET"), "{said}");

    let store = patient().connect(&cluster.url()).await.unwrap();
    handle(&store, "evt_1").await;
    cluster.nodes_mut().iter_mut().for_each(Redis::kill);
    let error = format!("{:?}", try_claim(&store, "evt_1").await.unwrap_err());
    let claim = qrhook::store::Claim::new(key("evt_1"), crate::support::terms()).unwrap();
    let error = format!("{error} {:?}", store.release(&claim).await.unwrap_err());
    assert!(client.text().contains("redis::cluster"), "the client does not log at all");
    for secret in [Redis::PASSWORD, "SECRET", "evt_1", &key("evt_1").to_string()] {
        assert!(!error.contains(secret), "{error}");
        assert!(!client.text().contains(secret), "{secret}: {}", client.text());
    }
}
