//! `qrhook doctor`: each test makes exactly one known mistake, or several that are common together.

use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
};

use qrhook::{Provider, UnixTime, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio, testing};

use crate::support::{CODEQR_SECRET, QRPLANET_TOKEN, QRSTUDIO_SECRET, Ran, run};

const AT: i64 = 1_778_335_283;

/// A captured request of QR Studio, and the environment of the person who asks.
struct Case {
    sender: &'static str,
    headers: Vec<String>,
    body: Vec<u8>,
    variables: Vec<(&'static str, String)>,
    at: String,
}

/// With an escaped slash, a character that is not ASCII, and keys in the order of the sender.
const BODY: &str = r#"{"type":"scan.created","id":"evt_1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf","name":"Menü","destination_url":"https://example.com/menu"}}"#;

fn signed<P: Provider + Default>(secret: &str, body: &[u8]) -> Vec<String> {
    let signed = testing::sign::<P>(secret, body.to_vec(), UnixTime::from_secs(AT));
    let lines = signed.headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    lines.collect()
}

fn studio() -> Case {
    Case {
        sender: "qrstudio",
        headers: signed::<QrStudio>(QRSTUDIO_SECRET, BODY.as_bytes()),
        body: BODY.as_bytes().to_vec(),
        variables: vec![("QRSTUDIO_WEBHOOK_SECRET", QRSTUDIO_SECRET.to_owned())],
        at: AT.to_string(),
    }
}

fn codeqr() -> Case {
    let body = br#"{"id":"evt_1","event":"link.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"id":"a"}}"#;
    Case {
        sender: "codeqr",
        headers: signed::<CodeQr>(CODEQR_SECRET, body),
        body: body.to_vec(),
        variables: vec![("CODEQR_WEBHOOK_SECRET", CODEQR_SECRET.to_owned())],
        at: AT.to_string(),
    }
}

fn planet() -> Case {
    let signed =
        testing::sign::<QrPlanet>(QRPLANET_TOKEN, "event=QR_CODE_SCANNED&redirects=1", UnixTime::from_secs(AT));
    Case {
        sender: "qrplanet",
        headers: Vec::new(),
        body: signed.body.to_vec(),
        variables: vec![("QRPLANET_SECRET_TOKEN", QRPLANET_TOKEN.to_owned())],
        at: AT.to_string(),
    }
}

impl Case {
    fn secret(mut self, text: impl Into<String>) -> Self {
        self.variables[0].1 = text.into();
        self
    }

    fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Changes the value of the signature header.
    fn signature(mut self, change: impl Fn(&str) -> String) -> Self {
        let line = self.headers.iter_mut().find(|line| line.to_lowercase().contains("signature")).unwrap();
        let (name, value) = line.split_once(": ").unwrap();
        *line = format!("{name}: {}", change(value));
        self
    }

    fn ask(&self) -> Ran {
        let mut arguments = vec!["doctor", self.sender, "--at", &self.at];
        for line in &self.headers {
            arguments.extend(["--header", line]);
        }
        let environment: Vec<_> = self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let ran = run(&arguments, &environment, &self.body);
        for (_, secret) in &self.variables {
            let secret = secret.trim_matches(|character: char| !character.is_ascii_alphanumeric());
            assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{ran:?}");
        }
        assert_eq!(ran.stderr, "", "{}", ran.stdout);
        ran
    }

    /// The causes that the answer names.
    fn causes(&self) -> Vec<String> {
        let ran = self.ask();
        assert_eq!(ran.code, Some(1), "{}", ran.stdout);
        assert!(ran.stdout.starts_with("rejected: "), "{}", ran.stdout);
        let word = |line: &str| Some(line.strip_prefix("cause: ")?.split(':').next()?.to_owned());
        ran.stdout.lines().filter_map(word).collect()
    }
}

#[test]
fn an_authentic_request_needs_no_doctor() {
    for case in [studio(), codeqr(), planet()] {
        let ran = case.ask();
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "authentic\n"), "{}", case.sender);
    }
}

#[test]
fn a_spoiled_secret_is_recognised() {
    let bare = QRSTUDIO_SECRET.strip_prefix("whsec_").unwrap();
    let cases: Vec<(String, &[&str])> = vec![
        (format!(" {QRSTUDIO_SECRET}"), &["secret-white-space"]),
        (format!("{QRSTUDIO_SECRET}\t"), &["secret-white-space"]),
        (format!("{QRSTUDIO_SECRET}\n\n"), &["secret-line-break"]),
        (format!("{QRSTUDIO_SECRET}\\n"), &["secret-line-break"]),
        (format!("\"{QRSTUDIO_SECRET}\""), &["secret-quotes"]),
        (format!("'{QRSTUDIO_SECRET}' "), &["secret-white-space", "secret-quotes"]),
        (format!("\u{feff}{QRSTUDIO_SECRET}"), &["secret-invisible-characters"]),
        (format!("QRSTUDIO_WEBHOOK_SECRET={QRSTUDIO_SECRET}"), &["secret-assignment"]),
        (bare.to_owned(), &["secret-without-prefix"]),
        (format!("\"{bare}\""), &["secret-quotes", "secret-without-prefix"]),
    ];
    for (secret, expected) in cases {
        assert_eq!(studio().secret(&*secret).causes(), expected, "{secret:?}");
    }
    // The platform's own text is base64, and somebody decoded it.
    let mut case = studio().secret("a secret of text");
    case.headers = signed::<QrStudio>("whsec_YSBzZWNyZXQgb2YgdGV4dA==", BODY.as_bytes());
    assert_eq!(case.causes(), ["secret-decoded"]);
    assert_eq!(planet().secret(format!("{QRPLANET_TOKEN} ")).causes(), ["secret-white-space"]);
}

#[test]
fn another_configured_secret_is_named_by_its_variable() {
    let mut case = codeqr().secret("whsec_of_another_hook");
    case.variables.push(("QRSTUDIO_WEBHOOK_SECRET", CODEQR_SECRET.to_owned()));
    assert_eq!(case.causes(), ["other-secret"]);
    assert!(case.ask().stdout.contains("QRSTUDIO_WEBHOOK_SECRET"));
}

#[test]
fn a_changed_body_is_recognised() {
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(BODY).unwrap()).unwrap();
    let gzip = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(BODY.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, BODY);
    let cases: Vec<(Vec<u8>, &[&str])> = vec![
        (format!("{BODY}\n").into(), &["body-line-break-added"]),
        (format!("{BODY}\r\n").into(), &["body-line-break-added"]),
        (format!("\u{feff}{BODY}").into(), &["body-byte-order-mark-added"]),
        (format!("\u{feff}{BODY}\n").into(), &["body-byte-order-mark-added", "body-line-break-added"]),
        (BODY.replace("\":", "\": ").replace(",\"", ", \"").into(), &["body-reserialised"]),
        (BODY.replace('ü', "\\u00fc").into(), &["body-reserialised"]),
        (BODY.replace('/', "\\/").into(), &["body-reserialised"]),
        // Indented, and with sorted keys.
        (pretty.into(), &["body-reserialised"]),
        (base64.into(), &["body-base64"]),
        (gzip, &["body-compressed"]),
    ];
    for (body, expected) in cases {
        assert_eq!(studio().body(&*body).causes(), expected, "{}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn a_body_that_lost_its_edges_is_recognised() {
    type Change = fn(&str) -> String;
    let cases: [(&str, Change, &[&str]); 4] = [
        ("{\"id\":\"evt_1\",\"type\":\"x\"}\n", |body| body.trim_end().to_owned(), &["body-line-break-lost"]),
        (
            "\u{feff}{\"id\":\"evt_1\"}",
            |body| body.trim_start_matches('\u{feff}').to_owned(),
            &["body-byte-order-mark-lost"],
        ),
        ("{\n\"id\":\"evt_1\"\n}", |body| body.replace('\n', "\r\n"), &["body-line-breaks-changed"]),
        ("{\r\n\"id\":\"evt_1\"\r\n}", |body| body.replace("\r\n", "\n"), &["body-line-breaks-changed"]),
    ];
    for (original, change, expected) in cases {
        let mut case = studio().body(change(original));
        case.headers = signed::<QrStudio>(QRSTUDIO_SECRET, original.as_bytes());
        assert_eq!(case.causes(), expected, "{original:?}");
    }
}

#[test]
fn a_strange_header_is_recognised() {
    let digits = |value: &str| value.split("v1=").nth(1).unwrap().to_owned();
    let base64 = |hex: &str| {
        let bytes: Vec<u8> =
            (0..32).map(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap()).collect();
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
    };
    let joined = studio().signature(|value| format!("{value}, t=1,v1={}", "0".repeat(64)));
    assert_eq!(joined.causes(), ["headers-joined"]);
    let encoded = studio().signature(|value| format!("t={AT},v1={}", base64(&digits(value))));
    assert_eq!(encoded.causes(), ["signature-base64"]);
    assert_eq!(codeqr().signature(|value| format!("sha256={value}")).causes(), ["signature-prefix"]);
    let other = studio().signature(|value| value.replace(&AT.to_string(), &(AT + 60).to_string()));
    assert_eq!(other.causes(), ["another-attempt"]);
    let milliseconds = AT * 1000;
    let mut case = studio();
    let key = testing::sign::<CodeQr>(QRSTUDIO_SECRET, format!("{milliseconds}.{BODY}"), UnixTime::from_secs(AT));
    let mac = key.headers["codeqr-signature"].to_str().unwrap().to_owned();
    case.headers = vec![format!("X-QRStudio-Signature: t={milliseconds},v1={mac}")];
    assert_eq!(case.causes(), ["time-in-milliseconds"]);
    let mut case = studio();
    case.headers = vec!["CodeQR-Signature: 00".to_owned()];
    assert_eq!(case.causes(), ["another-scheme"]);
    case.headers = vec![];
    assert_eq!(case.causes(), ["header-lost"]);
    case.headers = [studio().headers, studio().headers].concat();
    assert_eq!(case.causes(), ["repeated-header"]);
}

#[test]
fn a_header_that_was_damaged_is_recognised() {
    type Change = fn(&str) -> String;
    let cases: [(Change, &[&str]); 6] = [
        (|value| format!("\"{value}\""), &["header-quotes"]),
        (|value| value.replace(',', ";"), &["header-separators"]),
        (|value| value.replace(',', " "), &["header-separators"]),
        (|value| value[..value.len() - 20].to_owned(), &["signature-cut"]),
        (|value| value[..value.len() - 21].to_owned(), &["signature-cut"]),
        (|value| value.replace(",v1=", ";v1=").to_owned() + "'", &["header-quotes", "header-separators"]),
    ];
    for (change, expected) in cases {
        let mut causes = studio().signature(change).causes();
        causes.sort();
        assert_eq!(causes, expected);
    }
    // A signature that is too short proves nothing.
    let short = studio().signature(|value| value[..value.find("v1=").unwrap() + 3 + 14].to_owned());
    assert_eq!(short.causes(), ["none of the known mistakes"]);
    let without_time = studio().signature(|_| {
        let signed = testing::sign::<CodeQr>(QRSTUDIO_SECRET, BODY, UnixTime::from_secs(AT));
        format!("t={AT},v1={}", signed.headers["codeqr-signature"].to_str().unwrap())
    });
    assert_eq!(without_time.causes(), ["time-not-signed"]);
}

#[test]
fn a_signature_with_another_hash_is_recognised() {
    // Python: hmac.new(b"whsec_test", b'{"id":"1"}', "sha512").hexdigest()
    let mac = "0ffc127b5eed08195651fc952912e22949e625f5f65a2c1d141b49258b81ff84dd82c8a3f0cdf75a6b247a320882a2485112ce3cac72530d0889ab86f97dc542";
    let mut case = codeqr().secret("whsec_test").body(r#"{"id":"1"}"#);
    case.headers = vec![format!("CodeQR-Signature: {mac}")];
    assert_eq!(case.causes(), ["signature-other-hash"]);
}

#[test]
fn a_body_in_another_wrapping_or_encoding_is_recognised() {
    let string = serde_json::to_string(BODY).unwrap();
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, BODY);
    let event = |body: &str, encoded: bool| {
        serde_json::json!({ "version": "2.0", "headers": {}, "body": body, "isBase64Encoded": encoded }).to_string()
    };
    let percent: String = form_urlencoded::byte_serialize(BODY.as_bytes()).collect();
    let latin: Vec<u8> = BODY.chars().map(|character| u8::try_from(character).unwrap()).collect();
    let twice: String = BODY.bytes().map(char::from).collect();
    let wide: Vec<u8> =
        [0xfeff].into_iter().chain(BODY.encode_utf16()).flat_map(|unit: u16| unit.to_le_bytes()).collect();
    let cases: Vec<(Vec<u8>, &[&str])> = vec![
        (string.into(), &["body-json-string"]),
        (event(BODY, false).into(), &["body-inside-event"]),
        (event(&base64, true).into(), &["body-inside-event"]),
        (format!("payload={percent}").into(), &["body-url-encoded"]),
        (percent.into(), &["body-url-encoded"]),
        (latin, &["body-other-encoding"]),
        (twice.into(), &["body-other-encoding"]),
        (wide, &["body-other-encoding"]),
        (format!("  {BODY} ").into(), &["body-white-space-added"]),
    ];
    for (body, expected) in cases {
        assert_eq!(studio().body(&*body).causes(), expected, "{}", String::from_utf8_lossy(&body));
    }
}

/// A framework that reads JSON into a sorted map and writes it again.
#[test]
fn keys_that_were_sorted_are_recognised() {
    let sorted = serde_json::to_string(&serde_json::from_str::<serde_json::Value>(BODY).unwrap()).unwrap();
    assert!(sorted.starts_with(r#"{"created_at""#), "the test needs sorted keys: {sorted}");
    let case = studio().body(sorted);
    assert_eq!(case.causes(), ["body-reserialised"]);
    assert!(case.ask().stdout.contains("with its keys in the sender's order"), "{}", case.ask().stdout);
}

#[test]
fn a_token_in_the_wrong_place_is_recognised() {
    let token = QRPLANET_TOKEN;
    for (body, expected) in [
        (format!("event=QR_CODE_SCANNED&SecretToken={token}"), "token-field-renamed"),
        (format!("event=QR_CODE_SCANNED&secrettoken%5B%5D={token}"), "token-field-renamed"),
        (format!("event=QR_CODE_SCANNED&secret_token={token}"), "token-field-renamed"),
        (format!("event=QR_CODE_SCANNED&token={token}"), "token-elsewhere"),
        (format!(r#"{{"event":"QR_CODE_SCANNED","secrettoken":"{token}"}}"#), "content-type"),
        (
            format!(
                "--x\r\nContent-Disposition: form-data; name=\"event\"\r\n\r\nA\r\n--x\r\nContent-Disposition: form-data; name=\"secrettoken\"\r\n\r\n{token}\r\n--x--\r\n"
            ),
            "content-type",
        ),
    ] {
        assert_eq!(planet().body(&*body).causes(), [expected], "{body}");
    }
}

#[test]
fn the_next_request_at_a_port_is_captured_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.http");
    let file = file.to_str().unwrap();
    let arguments = ["doctor", "qrstudio", "--capture", "127.0.0.1:0", "--save", file];
    let mut command = crate::support::command(&arguments, &[("QRSTUDIO_WEBHOOK_SECRET", "whsec_of_another_hook")]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    stderr.read_line(&mut said).unwrap();
    let address = said.split("http://").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    assert_eq!(crate::support::get(address, "/"), Some(405), "{said}");
    let request = crate::support::signed::<QrStudio>(QRSTUDIO_SECRET, BODY);
    assert_eq!(crate::support::exchange(address, &request), Some(503), "the platform must try again");
    let output = child.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    assert!(stdout.contains("cause: none of the known mistakes"), "{stdout}");

    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    let secret = [("QRSTUDIO_WEBHOOK_SECRET", QRSTUDIO_SECRET)];
    let ran = run(&["doctor", "qrstudio", "--request", file], &secret, b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "authentic\n"), "{}", ran.stderr);
    let ran = run(&["verify", "qrstudio", "--request", file], &secret, b"");
    assert!(ran.code == Some(0) && ran.stdout.contains(r#""id":"evt_1""#), "{ran:?}");
    // It is not overwritten.
    let ran = run(&["doctor", "qrstudio", "--save", file, "--header", "A: b"], &secret, b"{}");
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("cannot save the request"), "{}", ran.stderr);
    std::fs::write(file, "no request").unwrap();
    let ran = run(&["verify", "qrstudio", "--request", file], &secret, b"");
    assert_eq!(ran.code, Some(2), "{}", ran.stdout);
    assert!(ran.stderr.contains("it is not an HTTP/1.1 request"), "{}", ran.stderr);
}

#[test]
fn a_signal_ends_the_waiting() {
    let secret = [("QRSTUDIO_WEBHOOK_SECRET", QRSTUDIO_SECRET)];
    let mut command = crate::support::command(&["doctor", "qrstudio", "--capture", "127.0.0.1:0"], &secret);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    stderr.read_line(&mut said).unwrap();
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    stderr.read_line(&mut said).unwrap();
    assert!(said.ends_with("error: stopped before a request came\n"), "{said}");
}

#[test]
fn a_secret_that_looks_like_an_api_key_is_pointed_out() {
    let case = studio().secret("qrs_live_0123456789abcdef");
    assert_eq!(case.causes(), ["secret-other-kind"]);
}

/// The guide lists every cause.
#[test]
fn every_cause_is_in_the_guide() {
    let source = include_str!("../../src/command/doctor/note.rs");
    let others =
        concat!(include_str!("../../src/command/doctor/mod.rs"), include_str!("../../src/command/doctor/suspicion.rs"));
    let words = source
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => \"")?.1.strip_suffix("\","));
    let mut words: Vec<_> = words
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte.is_ascii_digit()))
        .collect();
    words.extend([
        "clock",
        "clock-or-age",
        "repeated-header",
        "another-scheme",
        "header-lost",
        "body-cut-off",
        "secret-other-kind",
    ]);
    assert!(words.len() > 40, "{words:?}");
    for word in ["clock-or-age", "repeated-header", "another-scheme", "header-lost", "body-cut-off"] {
        assert!(others.contains(word), "{word}");
    }
    let guide = include_str!("../../../../docs/troubleshooting.md");
    let (_, guide) = guide.split_once("### The causes").unwrap();
    let row = |line: &str| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned());
    let rows: Vec<String> = guide
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .map_while(|line| line.starts_with('|').then_some(line))
        .filter_map(row)
        .collect();
    let mut missing: Vec<_> =
        words.iter().filter(|word| !rows.iter().any(|row| row == *word)).map(|word| (*word).to_owned()).collect();
    missing.extend(rows.iter().filter(|row| !words.contains(&row.as_str())).cloned());
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_clock_that_is_wrong_is_recognised() {
    let at = |at: i64| Case { at: at.to_string(), ..studio() }.causes();
    assert_eq!(at(AT + 3600), ["clock-or-age"]);
    assert_eq!(at(AT - 3600), ["clock"]);
}

#[test]
fn mistakes_that_are_common_together_are_found_together() {
    let bare = QRSTUDIO_SECRET.strip_prefix("whsec_").unwrap();
    let case = studio().secret(format!("{bare} ")).body(format!("{BODY}\n"));
    assert_eq!(case.causes(), ["secret-white-space", "secret-without-prefix", "body-line-break-added"]);
}

#[test]
fn a_form_with_its_token_encoded_again_is_recognised() {
    let case = planet().secret("a+b/c=d").body("event=QR_CODE_SCANNED&secrettoken=a%252Bb%252Fc%253Dd");
    assert_eq!(case.causes(), ["form-reencoded"]);
}

#[test]
fn a_body_that_was_cut_off_is_recognised() {
    let causes = studio().body(&BODY.as_bytes()[..BODY.len() - 20]).causes();
    assert_eq!(causes, ["body-cut-off"]);
}

#[test]
fn an_unknown_mistake_gets_an_honest_answer() {
    for case in [
        studio().secret("whsec_of_another_hook"),
        studio().body(BODY.replace("Menü", "Menu")),
        planet().secret("another-key"),
    ] {
        assert_eq!(case.causes(), ["none of the known mistakes"]);
        assert!(case.ask().stdout.contains("  Tried "), "{}", case.ask().stdout);
    }
    // The time is bounded for the largest body: the limit only ends a hang.
    let large = format!("{{\"id\":\"evt_1\",\"text\":\"{}\"}}", "ü/".repeat(80_000));
    assert_eq!(studio().body(large).causes(), ["none of the known mistakes"]);
}

/// With a file of secrets, the secret of another tenant is found, and one that was replaced.
#[test]
fn secrets_of_other_tenants_and_replaced_ones_are_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.toml");
    let entry = |tenant: &str, label: &str, more: &str| {
        format!(
            "[[secret]]\nsender = \"qrstudio\"\ntenant = \"{tenant}\"\nlabel = \"{label}\"\nsecret = \"whsec_{label}\"\n{more}\n"
        )
    };
    let end = format!("not_after = {}", AT - 60);
    std::fs::write(&file, entry("acme", "new", "") + &entry("acme", "old", &end) + &entry("globex", "other", ""))
        .unwrap();
    let asked = |secret: &str, tenant: &str| {
        let header = signed::<QrStudio>(secret, BODY.as_bytes()).pop().unwrap();
        let (file, at) = (file.to_str().unwrap(), AT.to_string());
        let arguments = ["doctor", "qrstudio", "--secrets", file, "--tenant", tenant, "--header", &header, "--at", &at];
        run(&arguments, &[], BODY.as_bytes())
    };
    let ran = asked("whsec_new", "acme");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "authentic\n"), "{ran:?}");
    let ran = asked("whsec_old", "acme");
    assert!(ran.stdout.contains("cause: secret-replaced: the request was signed with the secret in"), "{ran:?}");
    assert!(ran.stdout.contains("label \"old\"), which was replaced at 1778335223 (2026-05-09T14:00:23Z)"), "{ran:?}");
    let ran = asked("whsec_other", "acme");
    assert!(ran.stdout.contains("cause: other-secret: ") && ran.stdout.contains("tenant \"globex\""), "{ran:?}");
    assert!(!ran.stdout.contains("whsec_other"), "{ran:?}");
    let ran = asked("whsec_new", "nobody");
    assert_eq!((ran.code, ran.stderr.contains("has no secret of qrstudio for the tenant")), (Some(2), true), "{ran:?}");
}

/// Each of these took gigabytes when every candidate was kept.
#[test]
fn no_request_makes_it_hold_more_than_a_few_times_the_body() {
    let mut breaks = studio();
    breaks.body = [BODY.as_bytes(), &b"\n".repeat(100_000)].concat();
    assert_eq!(breaks.causes(), ["body-line-break-added"]);
    let mut items = studio();
    items.headers =
        vec![format!("X-QRStudio-Signature: {}{}", "t=1,".repeat(4000), "v1=abababababababab,".repeat(800))];
    assert!(!items.causes().is_empty());
    let mut deep = studio();
    deep.body = format!("{}{}1{}", "[".repeat(100), "1,".repeat(60_000), "]".repeat(100)).into_bytes();
    assert_eq!(deep.causes(), ["none of the known mistakes"]);
}

#[test]
fn typographic_quotes_around_the_header() {
    let mut case = studio();
    let header = case.headers.pop().unwrap();
    let (name, value) = header.split_once(": ").unwrap();
    case.headers.push(format!("{name}: \u{201c}{value}\u{201d}"));
    assert_eq!(case.causes(), ["header-quotes"]);
}
