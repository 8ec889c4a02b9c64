//! Secrets, tokens, signatures and personal data, planted in every request, must not be in anything that `qrhook listen`
//! gives away: responses, the log at its most verbose level, metrics, and the store. (Its events, on standard output,
//! hold the data by contract, but no secret.)

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use qrhook::{UnixTime, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio, testing, testing::SignedRequest};
use serde_json::Value;

use crate::support::{CODEQR_SECRET, Listen, PATIENCE, QRPLANET_TOKEN, QRSTUDIO_SECRET, SECRETS};

const PLANTED: &str = "PLANTED-personal-data";

/// Puts planted data in the place of every string but these members.
fn plant(value: &mut Value, kept: &[&str]) {
    match value {
        Value::String(text) => *text = PLANTED.to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, kept)),
        Value::Object(members) => {
            members
                .iter_mut()
                .filter(|(name, _)| !kept.contains(&name.as_str()))
                .for_each(|(_, value)| plant(value, kept));
        }
        _ => {}
    }
}

fn json(sample: &[u8], number: usize) -> String {
    let mut event: Value = serde_json::from_slice(sample).unwrap();
    plant(&mut event, &["type", "event", "created_at", "createdAt"]);
    event["id"] = format!("evt_{number}").into();
    event["unknown"] = serde_json::json!({ "member": PLANTED });
    event.to_string()
}

fn form(sample: &[u8]) -> String {
    let fields = form_urlencoded::parse(sample).filter(|(name, _)| name != "secrettoken");
    let planted = fields.map(|(name, value)| {
        let value = if name == "event" { value.into_owned() } else { PLANTED.to_owned() };
        (name.into_owned(), value)
    });
    form_urlencoded::Serializer::new(String::new()).extend_pairs(planted).append_pair("unknown", PLANTED).finish()
}

/// A request with planted headers and a planted query, and whether it is authentic.
struct Planted {
    path: &'static str,
    request: SignedRequest,
}

fn requests() -> Vec<Planted> {
    let now = UnixTime::now();
    let mut all = Vec::new();
    let mut add = |path, request| all.push(Planted { path, request });
    for (number, sample) in testing::samples::of("qrstudio").iter().enumerate() {
        add("/qrstudio", testing::sign::<QrStudio>(QRSTUDIO_SECRET, json(sample.body, number), now));
    }
    for (number, sample) in testing::samples::of("codeqr").iter().enumerate() {
        add("/codeqr", testing::sign::<CodeQr>(CODEQR_SECRET, json(sample.body, number), now));
    }
    for sample in testing::samples::of("qrplanet") {
        add("/qrplanet", testing::sign::<QrPlanet>(QRPLANET_TOKEN, form(sample.body), now));
    }
    // Stale, from another secret, no event, no JSON, at the wrong path; and the token in the wrong place.
    let body = json(testing::samples::of("qrstudio")[0].body, 1000);
    add("/qrstudio", testing::sign::<QrStudio>(QRSTUDIO_SECRET, body.clone(), UnixTime::from_secs(1_000_000_000)));
    add("/qrstudio", testing::sign::<QrStudio>("whsec_of_a_stranger", body.clone(), now));
    add("/qrstudio", testing::sign::<QrStudio>(QRSTUDIO_SECRET, format!("[\"{PLANTED}\"]"), now));
    add("/codeqr", testing::sign::<CodeQr>(CODEQR_SECRET, format!("{PLANTED} is no JSON"), now));
    add("/codeqr", testing::sign::<QrStudio>(QRSTUDIO_SECRET, body.clone(), now));
    add("/elsewhere", testing::sign::<QrStudio>(QRSTUDIO_SECRET, body, now));
    let twice = format!("event=A&x={QRPLANET_TOKEN}&secrettoken[]={QRPLANET_TOKEN}&name={PLANTED}");
    add("/qrplanet", testing::sign::<QrPlanet>(QRPLANET_TOKEN, twice, now));
    add("/qrplanet", testing::sign::<QrPlanet>(PLANTED, format!("event=A&name={PLANTED}"), now));
    all
}

/// Sends a request, and returns the whole response.
fn send(address: SocketAddr, Planted { path, request }: &Planted) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes =
        format!("POST {path}?secrettoken={QRPLANET_TOKEN}&q={PLANTED} HTTP/1.1\r\nhost: {PLANTED}\r\n").into_bytes();
    for (name, value) in &request.headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    let more = format!(
        "authorization: Bearer {PLANTED}\r\ncookie: {PLANTED}\r\nuser-agent: {PLANTED}\r\nx-forwarded-for: {PLANTED}\r\n"
    );
    bytes.extend(more.bytes());
    bytes.extend(format!("connection: close\r\ncontent-length: {}\r\n\r\n", request.body.len()).bytes());
    bytes.extend(&request.body);
    stream.write_all(&bytes).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response
}

/// Checks that none of the needles is in a text.
fn search(place: &str, text: &[u8], needles: &[String]) {
    for needle in needles {
        let found = memchr::memmem::find(text, needle.as_bytes());
        let around = found
            .map(|at| String::from_utf8_lossy(&text[at.saturating_sub(200)..]).chars().take(300).collect::<String>());
        assert!(found.is_none(), "{needle} is in {place}: {}", around.unwrap_or_default());
    }
}

#[test]
#[should_panic(expected = "s3cret is in a place")]
fn the_search_finds_what_is_there() {
    search("a place", b"before s3cret after", &["other".to_owned(), "s3cret".to_owned()]);
}

/// The page of metrics.
fn metrics(listen: &Listen) -> Vec<u8> {
    let said = listen.stderr();
    let address = said.lines().find_map(|line| line.strip_prefix("metrics: GET http://")).unwrap();
    let address: SocketAddr = address.strip_suffix("/metrics").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).unwrap();
    assert!(memchr::memmem::find(&text, b"qrhook_deliveries_total{").is_some());
    text
}

/// Senders that repeat a secret in each request, with and without tenants.
#[test]
fn no_credential_is_given_away() {
    let folder = tempfile::tempdir().unwrap();
    let senders =
        ["path = true", "basic = true", "header = \"X-Token\"", "header = \"Authorization\", prefix = \"Bearer \""];
    let sender = |(number, credential)| format!("[[sender]]\nname = \"s{number}\"\ncredential = {{ {credential} }}\n");
    let senders: String = senders.iter().enumerate().map(sender).collect();
    fs::write(folder.path().join("senders.toml"), senders).unwrap();
    let hook = |number: usize, tenant: &str| {
        let name = if tenant.is_empty() { "none" } else { tenant };
        let tenant = if tenant.is_empty() { String::new() } else { format!("tenant = \"{tenant}\"\n") };
        format!("[[secret]]\nsender = \"s{number}\"\n{tenant}secret = \"user:PLANTED-{name}-{number}\"\n")
    };
    let secrets: String = (0..4).flat_map(|number| [hook(number, ""), hook(number, "acme")]).collect();
    fs::write(folder.path().join("secrets.toml"), secrets).unwrap();
    let out = fs::File::create(folder.path().join("out")).unwrap();
    let arguments = ["--senders", "senders.toml", "--secrets", "secrets.toml", "--metrics", "127.0.0.1:0"];
    let listen = Listen::spawn(folder.path(), &arguments, &[("QRHOOK_LOG", "trace")], out.into());

    let encoded = |secret: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret);
    let mut needles = vec!["PLANTED".to_owned()];
    let mut accepted = 0;
    for (tenant, name) in [("", "none"), ("/acme", "acme"), ("/nobody", "acme")] {
        for (number, is_right) in (0..4).flat_map(|number| [(number, true), (number, false)]) {
            let secret = format!("user:PLANTED-{name}-{number}{}", if is_right { "" } else { "-wrong" });
            needles.push(encoded(&secret));
            let (path, header) = match number {
                0 => (format!("/s0{tenant}/{secret}"), String::new()),
                1 => (format!("/s1{tenant}"), format!("authorization: Basic {}\r\n", encoded(&secret))),
                2 => (format!("/s2{tenant}"), format!("x-token: {secret}\r\n")),
                _ => (format!("/s3{tenant}"), format!("authorization: Bearer {secret}\r\n")),
            };
            // Also where no hook is, and with another method.
            for (method, path) in [("POST", path.clone()), ("GET", path.clone()), ("POST", format!("{path}/{secret}"))]
            {
                let head = format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{header}");
                let mut stream = TcpStream::connect(listen.address).unwrap();
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.write_all(format!("{head}content-length: 10\r\n\r\n{{\"id\":\"e\"}}").as_bytes()).unwrap();
                let mut response = String::new();
                stream.read_to_string(&mut response).unwrap();
                search("a response", response.as_bytes(), &needles);
                accepted += usize::from(response.starts_with("HTTP/1.1 200"));
            }
        }
    }
    assert_eq!(accepted, 8, "each sender, without a tenant and for one: {}", listen.stderr());
    search("the metrics", &metrics(&listen), &needles);
    listen.says("reason=\"credential-mismatch\"");
    listen.says("no hook accepts");
    search("the log", listen.stderr().as_bytes(), &needles);
    search("the events", &fs::read(folder.path().join("out")).unwrap(), &needles);
    search("the store", &fs::read(folder.path().join("qrhook.db")).unwrap(), &needles);
}

#[test]
fn nothing_planted_is_given_away() {
    let folder = tempfile::tempdir().unwrap();
    let out = fs::File::create(folder.path().join("out")).unwrap();
    let environment: Vec<_> = SECRETS.into_iter().chain([("QRHOOK_LOG", "trace")]).collect();
    let listen = Listen::spawn(folder.path(), &["--metrics", "127.0.0.1:0"], &environment, out.into());
    let requests = requests();
    let mut secrets: Vec<String> = [QRSTUDIO_SECRET, CODEQR_SECRET, QRPLANET_TOKEN].map(str::to_owned).into();
    // A secret without its prefix is still one.
    secrets.extend(secrets.clone().iter().filter_map(|secret| Some(secret.strip_prefix("whsec_")?.to_owned())));
    for header in requests.iter().flat_map(|planted| planted.request.headers.values()) {
        let value = header.to_str().unwrap();
        let mac = value.rsplit('=').next().unwrap();
        secrets.extend((mac.len() == 64).then(|| mac.to_owned()));
    }
    let all = [&secrets[..], &[PLANTED.to_owned()]].concat();

    for planted in &requests {
        let response = send(listen.address, planted);
        assert!(response.starts_with("HTTP/1.1 "), "{response}");
        search("a response", response.as_bytes(), &all);
    }
    let handled = fs::read(folder.path().join("out")).unwrap();
    let lines = memchr::memchr_iter(b'\n', &handled).count();
    assert_eq!(lines, requests.len() - 7, "the authentic ones, and only they");
    search("the events", &handled, &secrets);
    assert!(memchr::memmem::find(&handled, PLANTED.as_bytes()).is_some(), "the data was in the requests");

    search("the metrics", &metrics(&listen), &all);

    listen.says("outcome=\"handled\"");
    let log = listen.stderr();
    assert!(log.contains("member=") && log.contains("no hook accepts"), "{log}");
    search("the log", log.as_bytes(), &all);
    for file in ["qrhook.db", "qrhook.db-wal"] {
        let stored = fs::read(folder.path().join(file)).unwrap();
        assert!(stored.len() > 1000, "{file}");
        search("the store", &stored, &all);
        // Not even ids: only their digests.
        search("the store", &stored, &["evt_1".to_owned()]);
    }
}
