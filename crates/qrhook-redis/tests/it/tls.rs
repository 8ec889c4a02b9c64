//! Connections over TLS.

use std::{
    error::Error,
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::Command,
    time::Duration,
};

use qrhook::store::Store;
use qrhook_redis::{ConnectError, RedisStore};
use qrhook_test_servers::Redis;
use tempfile::TempDir;

use crate::support::{DONE, found, handle, patient};

const URL: &str = "QRHOOK_REDIS_CHILD";

/// A self-signed certificate.
struct Certificate(TempDir);

impl Certificate {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        fs::write(folder.path().join("certificate.pem"), made.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        // The server runs as another user.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("certificate.pem")
    }

    fn pem(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// Makes the server listen on another port with this certificate.
    fn serve(&self, redis: &Redis) -> u16 {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let certificate = self.path().display().to_string();
        let key = self.0.path().join("key.pem").display().to_string();
        let settings = [
            ["tls-cert-file", &certificate],
            ["tls-key-file", &key],
            ["tls-ca-cert-file", &certificate],
            ["tls-auth-clients", "no"],
            ["tls-port", &port.to_string()],
        ];
        assert_eq!(redis.command(&[&["CONFIG", "SET"][..], &settings.concat()].concat()), "+OK");
        port
    }
}

struct Served {
    _redis: Redis,
    port: u16,
    certificate: Certificate,
}

impl Served {
    fn start() -> Self {
        let (redis, certificate) = (Redis::start(), Certificate::new());
        Self { port: certificate.serve(&redis), _redis: redis, certificate }
    }

    fn url_of(&self, host: &str) -> String {
        format!("rediss://:{}@{host}:{}", Redis::PASSWORD, self.port)
    }

    fn url(&self) -> String {
        self.url_of("127.0.0.1")
    }
}

fn is_not_trusted(error: &ConnectError) -> bool {
    assert!(!format!("{error:?}").contains(Redis::PASSWORD));
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    matches!(error, ConnectError::Unreachable { .. }) && source.contains("certificate")
}

#[tokio::test]
async fn a_trusted_server() {
    let server = Served::start();
    let trusting = || patient().with_root_certificate(server.certificate.pem());
    let store = trusting().connect(&server.url()).await.unwrap();
    assert!(store.properties().durable);
    handle(&store, "event").await;
    let store = trusting().connect(&server.url()).await.unwrap();
    assert_eq!(found(&store, "event").await, DONE);
}

#[tokio::test]
async fn a_server_of_an_unknown_authority() {
    let server = Served::start();
    let error = patient().connect(&server.url()).await.unwrap_err();
    assert!(is_not_trusted(&error), "{error:?}");
    let other = Served::start();
    let error = patient().with_root_certificate(other.certificate.pem()).connect(&server.url()).await.unwrap_err();
    assert!(is_not_trusted(&error), "{error:?}");
    let unchecked = patient().with_root_certificate(other.certificate.pem()).with_unchecked_server(true);
    let error = unchecked.connect(&server.url()).await.unwrap_err();
    assert!(is_not_trusted(&error), "{error:?}");
}

#[tokio::test]
async fn a_server_of_another_name() {
    let server = Served::start();
    let trusting = patient().with_root_certificate(server.certificate.pem());
    let error = trusting.connect(&server.url_of("localhost")).await.unwrap_err();
    assert!(is_not_trusted(&error), "{error:?}");
}

#[tokio::test]
async fn a_certificate_that_is_none() {
    let server = Served::start();
    for none in ["", "no certificate"] {
        let error = patient().with_root_certificate(none).connect(&server.url()).await.unwrap_err();
        assert!(!format!("{error:?}").contains(Redis::PASSWORD), "{error:?}");
    }
}

/// The address cannot turn off the checks.
#[tokio::test]
async fn an_address_that_calls_itself_insecure() {
    let server = Served::start();
    let error = patient().connect(&format!("{}/#insecure", server.url())).await.unwrap_err();
    let refusal = "#insecure would turn off the check of the certificate";
    assert!(matches!(&error, ConnectError::InvalidUrl { reason } if reason == refusal), "{error:?}");
}

/// The server takes the handshake for a command and waits for its end.
#[tokio::test]
async fn a_server_without_tls() {
    let redis = Redis::start();
    let url = redis.url().replace("redis://", "rediss://");
    let options = RedisStore::options().with_step_time(Duration::from_millis(200));
    let error = options.connect(&url).await.unwrap_err();
    assert!(matches!(error, ConnectError::Timeout { .. }), "{error:?}");
}

/// Runs in a separate program, because a program learns the authorities of the system from its environment.
#[tokio::test]
async fn a_server_that_the_system_trusts() {
    if let Ok(url) = std::env::var(URL) {
        let store = patient().connect(&url).await.unwrap();
        return handle(&store, "event").await;
    }
    let server = Served::start();
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["tls::a_server_that_the_system_trusts", "--exact"])
        .env(URL, server.url())
        .env("SSL_CERT_FILE", server.certificate.path());
    assert!(child.status().unwrap().success());
    let store = patient().with_root_certificate(server.certificate.pem()).connect(&server.url()).await.unwrap();
    assert_eq!(found(&store, "event").await, DONE);
}
