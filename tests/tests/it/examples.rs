//! Every example gets a correctly signed request and a wrongly signed one.

use std::{
    env,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, Command},
    sync::Once,
    time::{Duration, Instant},
};

use qrhook::{
    BodyProblem, Provider, UnixTime,
    codeqr::CodeQr,
    event::{JsonEvent, Typed},
    provider::{Content, Decoded, HmacScheme, Scheme},
    qrplanet::QrPlanet,
    qrstudio::QrStudio,
    testing::{SignedRequest, sign},
};
use qrhook_test_servers::{Postgres, Redis, free_address};

const SECRET: &str = "examples_secret";

/// The time limit for everything. Anything that takes longer counts as hung.
const PATIENCE: Duration = Duration::from_secs(180);

/// The examples that finish running requests before they end.
#[cfg(unix)]
const SHUTS_DOWN: [&str; 9] = [
    "example-axum-layer",
    "example-axum-claimed",
    "example-axum-redis",
    "example-axum-transaction",
    "example-actix-middleware",
    "example-actix-claimed",
    "example-actix-postgres",
    "example-axum-tenants",
    "example-actix-tenants",
];

/// Builds all examples once, together: one by one, they would need separate builds of their shared dependencies.
fn build() {
    static BUILT: Once = Once::new();
    BUILT.call_once(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--locked", "--quiet", "--workspace", "--bins"]);
        assert!(build.status().unwrap().success(), "the examples did not build");
    });
}

/// Starts an example in its own folder.
fn start(example: &str, environment: &[(&str, &str)], arguments: &[&str]) -> Running {
    build();
    let binary = env::current_exe().unwrap().parent().unwrap().with_file_name(example);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(example);
    std::fs::create_dir_all(&folder).unwrap();
    let address = free_address();
    let mut command = Command::new(binary);
    command.args(arguments).current_dir(&folder).env("ADDR", address.to_string());
    command.envs(environment.iter().copied());
    Running { child: command.spawn().unwrap(), address }
}

struct Running {
    child: Child,
    address: SocketAddr,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    fn status(&mut self, path: &str, request: &SignedRequest) -> u16 {
        self.exchange("POST", path, request).split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Delivers an event until it is accepted, like a platform: on a busy machine an example may run out of time and return
    /// 503. After that, a 200 for a duplicate is fine, because the event was handled after the 503.
    fn takes(&mut self, path: &str, request: &SignedRequest, expected: u16) -> bool {
        let (started, mut refused) = (Instant::now(), false);
        loop {
            match self.status(path, request) {
                503 if started.elapsed() < PATIENCE => refused = true,
                status => return status == expected || (refused && status == 200),
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn exchange(&mut self, method: &str, path: &str, request: &SignedRequest) -> String {
        let started = Instant::now();
        let mut stream = loop {
            match TcpStream::connect(self.address) {
                Ok(stream) => break stream,
                Err(error) => assert!(started.elapsed() < PATIENCE, "the example is not listening: {error}"),
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        let lines = request.headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
        let (lines, length) = (lines.collect::<String>(), request.body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{lines}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&request.body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[cfg(unix)]
impl Running {
    /// Stops it the way a container is stopped.
    fn terminate(&mut self) -> Option<i32> {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }
}

fn check<P: Provider + Default>(example: &str, variable: &str, path: &str, body: &str, expected: u16) {
    check_with::<P>(example, &[(variable, SECRET)], path, body, expected);
}

fn check_with<P: Provider + Default>(
    example: &str,
    environment: &[(&str, &str)],
    path: &str,
    body: &str,
    expected: u16,
) {
    let mut running = start(example, environment, &[]);
    let now = UnixTime::now();
    assert!(running.takes(path, &sign::<P>(SECRET, body.to_owned(), now), expected), "{example}");
    assert_eq!(running.status(path, &sign::<P>("another", body.to_owned(), now)), 401, "{example}");
    // Not the router's response, which differs between frameworks.
    let get = running.exchange("GET", path, &sign::<P>(SECRET, body.to_owned(), now)).to_lowercase();
    let whole = get.starts_with("http/1.1 405 ") && get.contains("\r\nallow: post\r\n") && get.ends_with("only post\n");
    assert!(whole, "{example}: {get}");
    #[cfg(unix)]
    if SHUTS_DOWN.contains(&example) {
        assert_eq!(running.terminate(), Some(0), "{example}");
    }
}

#[test]
fn webhook() {
    for example in ["example-axum-layer", "example-actix-middleware"] {
        let id = UnixTime::now();
        let body = format!(r#"{{"type":"scan.created","id":"evt_{id}","data":{{"short_id":"a"}}}}"#);
        check::<QrStudio>(example, "QRSTUDIO_WEBHOOK_SECRET", "/qrstudio", &body, 204);
    }
}

#[test]
fn shared_stores() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let pool = sqlx::PgPool::connect(&postgres.url()).await.unwrap();
        sqlx::query("CREATE TABLE scan (event text, code text, country text)").execute(&pool).await.unwrap();
    });
    let servers = [
        ("example-axum-redis", ("REDIS_URL", redis.url())),
        ("example-actix-postgres", ("DATABASE_URL", postgres.url())),
        ("example-axum-transaction", ("DATABASE_URL", postgres.url())),
    ];
    for (example, (variable, url)) in servers {
        let environment = [("QRSTUDIO_WEBHOOK_SECRET", SECRET), (variable, &url)];
        let body = format!(r#"{{"type":"scan.created","id":"{example}","data":{{"short_id":"a"}}}}"#);
        // A second process on the same server knows the event that the first one handled.
        for expected in [204, 200] {
            check_with::<QrStudio>(example, &environment, "/qrstudio", &body, expected);
        }
    }
}

#[test]
fn claimed() {
    for example in ["example-axum-claimed", "example-actix-claimed"] {
        let body = r#"{"event":"sale.created","id":"evt_1","data":{"sale":{"amount":1200,"currency":"eur"}}}"#;
        check::<CodeQr>(example, "CODEQR_WEBHOOK_SECRET", "/codeqr", body, 204);
    }
}

#[test]
fn verified() {
    for example in ["example-axum-verified", "example-actix-verified"] {
        let body = "event=VOUCHER_REDEEMED&status=SUCCESS&uniqueid=1";
        check::<QrPlanet>(example, "QRPLANET_SECRET_TOKEN", "/qrplanet", body, 202);
    }
}

/// A customer is added and another one's secret is rotated while the example runs. A change takes effect when the
/// remembered answer is no longer fresh.
#[test]
fn tenants() {
    std::thread::scope(|scope| {
        for example in ["example-axum-tenants", "example-actix-tenants"] {
            scope.spawn(|| serves_tenants(example));
        }
    });
}

fn serves_tenants(example: &str) {
    let mut running = start(example, &[], &[]);
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(example).join("customers.db");
    let run = UnixTime::now();
    let event = |name: &str| format!(r#"{{"type":"scan.created","id":"evt_{run}_{name}","data":{{"short_id":"a"}}}}"#);
    let signed = |secret: &str, event: &str| sign::<QrStudio>(secret, event.to_owned(), UnixTime::now());
    assert_eq!(running.status("/hooks/acme", &signed("acme-1", &event("0"))), 401, "{example}: there are no customers");

    let table = rusqlite::Connection::open(file).unwrap();
    table.busy_timeout(PATIENCE).unwrap();
    let change = |statement: &str| assert_eq!(table.execute(statement, []).unwrap(), 1, "{statement}");
    table.execute("DELETE FROM customer", []).unwrap();
    change("INSERT INTO customer VALUES ('acme', 'acme-1', '1')");
    change("INSERT INTO customer VALUES ('globex', 'globex-1', '1')");
    let mut becomes = |path: &str, secret: &str, event: &str, expected: u16| {
        let started = Instant::now();
        loop {
            let status = running.status(path, &signed(secret, event));
            if status == expected {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{example}: {path} with {secret}: {status}");
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    becomes("/hooks/acme", "acme-1", &event("1"), 204);
    becomes("/hooks/globex", "globex-1", &event("1"), 204);
    becomes("/hooks/globex", "globex-1", &event("1"), 200);
    becomes("/hooks/globex", "acme-1", &event("2"), 401);
    // Rotated: both are accepted, and then only the new one.
    change("INSERT INTO customer VALUES ('acme', 'acme-2', '2')");
    becomes("/hooks/acme", "acme-2", &event("2"), 204);
    becomes("/hooks/acme", "acme-1", &event("3"), 204);
    change("DELETE FROM customer WHERE name = 'acme' AND label = '1'");
    becomes("/hooks/acme", "acme-1", &event("1"), 401);
    becomes("/hooks/acme", "acme-2", &event("4"), 204);
    #[cfg(unix)]
    assert_eq!(running.terminate(), Some(0), "{example}");
}

#[test]
fn custom_sender() {
    /// The example's sender, with only the parts that signing needs.
    #[derive(Default)]
    struct Acme;

    impl Provider for Acme {
        type Event = JsonEvent<Typed<()>>;

        fn name(&self) -> &'static str {
            "acme"
        }

        fn scheme(&self) -> Scheme {
            let header = axum::http::HeaderName::from_static;
            let scheme = HmacScheme::new(header("acme-signature")).with_base64();
            scheme.with_id_header(header("acme-id")).with_time_header(header("acme-timestamp")).into()
        }

        fn decode(&self, _: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem> {
            Err(BodyProblem::NotAnObject)
        }
    }

    let body = r#"{"id":"1","type":"order.paid","order":{"total":1200}}"#;
    check::<Acme>("example-custom-sender", "ACME_WEBHOOK_SECRET", "/acme", body, 204);
}

#[test]
fn verify_file() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join("body.json");
    let body = r#"{"type":"scan.created","id":"evt_1","data":{}}"#;
    std::fs::write(&file, body).unwrap();
    let signed = sign::<QrStudio>(SECRET, body, UnixTime::now());
    let signature = signed.headers["x-qrstudio-signature"].to_str().unwrap();
    for (signature, success) in [(signature, true), ("t=1,v1=0", false)] {
        let arguments = [file.to_str().unwrap(), signature];
        let mut example = start("example-verify-file", &[("QRSTUDIO_WEBHOOK_SECRET", SECRET)], &arguments);
        assert_eq!(example.child.wait().unwrap().success(), success, "{signature}");
    }
}
