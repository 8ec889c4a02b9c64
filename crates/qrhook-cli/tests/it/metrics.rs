//! What `qrhook listen` tells its operator: metrics, readiness, and a log for programs.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Stdio,
};

use crate::support::{Listen, PATIENCE, QRPLANET_TOKEN, QRSTUDIO_SECRET, SECRETS, exchange, get, run, scan};

/// The text behind the heading of a response.
fn body(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    response.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn listen(folder: &Path, more: &[&str]) -> (Listen, SocketAddr) {
    let arguments = [&["--store", "memory", "--metrics", "127.0.0.1:0"], more].concat();
    let listen = Listen::spawn(folder, &arguments, &SECRETS, Stdio::null());
    let said = listen.stderr();
    let url = said.lines().find_map(|line| line.strip_prefix("metrics: GET http://")).unwrap();
    let address = url.strip_suffix("/metrics").unwrap().parse().unwrap();
    (listen, address)
}

/// The kind and the labels of each metric in Prometheus' text.
fn scraped(text: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut metrics = BTreeMap::<_, (String, BTreeSet<String>)>::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            metrics.entry(name.to_owned()).or_default().0 = kind.to_owned();
        } else if let Some((name, rest)) = line.split_once('{').filter(|_| !line.starts_with('#')) {
            let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let name = histogram.filter(|name| metrics.contains_key(*name)).unwrap_or(name);
            let labels = rest.split_once('}').unwrap().0.split(',').map(|label| label.split_once('=').unwrap().0);
            metrics.entry(name.to_owned()).or_default().1.extend(labels.map(str::to_owned));
        }
    }
    metrics
}

/// The same from the table of the guide.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let guide = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md")).unwrap();
    let rows = guide.lines().filter(|line| line.starts_with("| `qrhook_"));
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, kind, unit, labels, _] = cells[..] else { panic!("five cells: {line}") };
        let ended_by = |end: &str| name.trim_matches('`').ends_with(end);
        assert_eq!(unit.contains("econds"), ended_by("_seconds"), "{line}");
        assert_eq!(unit == "bytes", ended_by("_bytes"), "{line}");
        assert_eq!(kind == "counter", ended_by("_total"), "{line}");
        let labels = labels.split(", ").map(|label| label.trim_matches('`')).filter(|label| !label.is_empty());
        let mut all: BTreeSet<String> = labels.map(str::to_owned).collect();
        all.extend(["sender".to_owned(), "endpoint".to_owned()]);
        if kind == "histogram" {
            all.insert("le".to_owned());
        }
        (name.trim_matches('`').to_owned(), (kind.to_owned(), all))
    };
    rows.map(row).collect()
}

#[test]
fn every_metric_is_in_the_guide_and_every_one_of_the_guide_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let (listen, metrics) = listen(folder.path(), &[]);
    assert_eq!(listen.qrstudio(&scan("evt_1")), Some(200));
    assert_eq!(listen.qrstudio(&scan("evt_1")), Some(200));
    assert_eq!(listen.qrstudio(r#"{"id":"evt_2","type":"made.up"}"#), Some(200));
    assert_eq!(listen.post::<qrhook::qrstudio::QrStudio>("whsec_other", &scan("evt_3")), Some(401));
    let text = body(metrics, "/metrics");
    assert_eq!(scraped(&text), documented(), "{text}");
    let handled =
        r#"qrhook_deliveries_total{sender="qrstudio",endpoint="qrstudio",type="scan.created",outcome="handled"} 1"#;
    let unknown = r#"qrhook_deliveries_total{sender="qrstudio",endpoint="qrstudio",type="other",outcome="handled"} 1"#;
    let forged = r#"qrhook_rejections_total{sender="qrstudio",endpoint="qrstudio",reason="signature-mismatch"} 1"#;
    for line in [handled, unknown, forged, "# HELP qrhook_handler_seconds ", "qrhook_handler_seconds_bucket{"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    for secret in [QRSTUDIO_SECRET, QRPLANET_TOKEN, "evt_1", "made.up", "whsec_"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert_eq!(get(metrics, "/"), Some(404));
    assert_eq!(get(listen.address, "/metrics"), Some(404), "they are not public");
}

#[test]
fn an_address_for_metrics_that_is_taken_is_a_failure_with_the_reason() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let arguments = ["listen", "--store", "memory", "--addr", "127.0.0.1:0", "--metrics", &address];
    let ran = run(&arguments, &SECRETS, b"");
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("cannot listen on {address}: ")), "{}", ran.stderr);
}

#[test]
fn it_is_ready_while_its_store_works() {
    let folder = tempfile::tempdir().unwrap();
    let listen = Listen::start(folder.path(), "out");
    assert_eq!(get(listen.address, "/readyz"), Some(200));
    fs::rename(folder.path().join("qrhook.db"), folder.path().join("moved.db")).unwrap();
    let started = std::time::Instant::now();
    while get(listen.address, "/readyz") != Some(503) {
        assert!(started.elapsed() < PATIENCE, "{}", listen.stderr());
    }
    assert_eq!(body(listen.address, "/readyz"), "the store is unavailable\n");
    assert_eq!(get(listen.address, "/healthz"), Some(200), "it is still alive");
    fs::rename(folder.path().join("moved.db"), folder.path().join("qrhook.db")).unwrap();
    while get(listen.address, "/readyz") != Some(200) {
        assert!(started.elapsed() < PATIENCE, "{}", listen.stderr());
    }
}

#[test]
fn every_line_of_a_log_in_json_is_an_object() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = crate::support::command(
        &["listen", "--log", "json", "--store", "memory", "--addr", "127.0.0.1:0", "--patience", "120"],
        &SECRETS,
    );
    let log = folder.path().join("log");
    let file = fs::File::create(&log).unwrap();
    let mut child = command.stdout(Stdio::null()).stderr(file).spawn().unwrap();
    let lines = || {
        let text = fs::read_to_string(&log).unwrap();
        // The last line may not be complete yet.
        let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
        let object = |line: &str| {
            let object: serde_json::Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            for member in ["timestamp", "level", "message"] {
                assert!(object[member].is_string(), "{member}: {line}");
            }
            object
        };
        complete.lines().map(object).collect::<Vec<_>>()
    };
    let started = std::time::Instant::now();
    let address: SocketAddr = loop {
        let address = lines().iter().find_map(|line| {
            line["message"].as_str().and_then(|text| text.strip_prefix("listening on http://").map(str::to_owned))
        });
        if let Some(address) = address {
            break address.parse().unwrap();
        }
        assert!(started.elapsed() < PATIENCE, "{:?}", lines());
    };
    let request = crate::support::signed::<qrhook::qrstudio::QrStudio>(QRSTUDIO_SECRET, &scan("evt_1"));
    assert_eq!(exchange(address, &request), Some(200));
    assert!(std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let lines = lines();
    let handled = lines.iter().find(|line| line["outcome"] == "handled").unwrap();
    assert_eq!((&handled["level"], &handled["id"], &handled["status"]), (&"INFO".into(), &"evt_1".into(), &200.into()));
    assert!(handled["took_ms"].is_u64(), "{handled}");
    assert!(lines.iter().any(|line| line["message"].as_str().unwrap().starts_with("stopping: ")), "{lines:?}");
}

#[test]
fn a_failure_is_an_object_too() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(&["listen", "--log", "json", "--store", "memory", "--addr", &address], &SECRETS, b"");
    let object: serde_json::Value = serde_json::from_str(ran.stderr.trim_end()).unwrap();
    assert_eq!((ran.code, &object["level"]), (Some(1), &"ERROR".into()), "{object}");
    assert!(object["message"].as_str().unwrap().starts_with("error: cannot listen on "), "{object}");
}
