//! `--senders FILE`, and the built-in senders besides the three platforms.

use std::{fs::File, path::Path};

use crate::support::{Listen, Ran, exchange, ids, run};

/// Senders with every kind of proof.
const FILE: &str = r#"
[[sender]]
name = "menucode"
env = "MENUCODE_KEY"

[sender.signature]
header = "X-MenuCode-Signature"
prefix = "sha256="
encoding = "base64"
time_header = "X-MenuCode-Time"

[sender.event]
id = "/meta/id"
type = "/meta/kind"
created_at = "/meta/at"
data = "/scan"

[[sender]]
name = "bearer"
credential = { header = "Authorization", prefix = "Bearer " }
event = { id = "/id" }

[[sender]]
name = "basic"
credential = { basic = true }

[[sender]]
name = "path"
credential = { path = true }
event = { discriminators = ["/code", "/total"] }
"#;

const VARIABLES: [(&str, &str); 4] = [
    ("MENUCODE_KEY", "a-key-of-menucode"),
    ("BEARER_WEBHOOK_SECRET", "a-token-of-bearer"),
    ("BASIC_WEBHOOK_SECRET", "user:a-password-of-basic"),
    ("PATH_WEBHOOK_SECRET", "a path/secret"),
];

const EVENT: &str = r#"{"meta":{"id":"ev-1","kind":"scan","at":1778335283},"scan":{"code":"x","n":1.50}}"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("senders.toml"), FILE).unwrap();
    std::fs::write(folder.path().join("event.json"), EVENT).unwrap();
    folder
}

fn start(folder: &Path, more: &[&str], environment: &[(&str, &str)]) -> Listen {
    let out = File::options().create(true).append(true).open(folder.join("out")).unwrap();
    Listen::spawn(folder, &[&["--senders", "senders.toml"], more].concat(), environment, out.into())
}

/// Runs a command with the file of senders.
fn with_file(folder: &Path, arguments: &[&str], input: &str) -> Ran {
    let file = folder.join("senders.toml");
    run(&[arguments, &["--senders", file.to_str().unwrap()]].concat(), &VARIABLES, input.as_bytes())
}

/// Posts a body to a path with these header lines.
fn post(listen: &Listen, path: &str, headers: &str, body: &str) -> Option<u16> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n");
    exchange(listen.address, &[head.as_bytes(), body.as_bytes()].concat())
}

#[test]
fn a_sender_that_only_the_file_describes_is_received_once_and_refused_if_forged() {
    let folder = folder();
    let listen = start(folder.path(), &["--sender", "menucode"], &VARIABLES);
    let url = format!("http://{}/menucode", listen.address);
    let body = folder.path().join("event.json");
    let send = |more: &[&str]| {
        let ran = with_file(
            folder.path(),
            &[&["send", "menucode", &url, "--body", body.to_str().unwrap()], more].concat(),
            "",
        );
        (ran.code, ran.stdout.split_whitespace().next().map(str::to_owned))
    };
    let status = |status: &str| Some(status.to_owned());
    assert_eq!(send(&["--same-id"]), (Some(0), status("200")));
    assert_eq!(send(&["--same-id"]), (Some(0), status("200")), "a repeat");
    assert_eq!(send(&["--seed", "1"]), (Some(0), status("200")), "another event");
    for tamper in ["body", "signature", "time"] {
        assert_eq!(send(&["--tamper", tamper]), (Some(1), status("401")), "{tamper}");
    }
    assert_eq!(send(&["--at", "1778335283"]), (Some(1), status("401")), "outside of the window");
    assert!(listen.terminate().success());
    let ids = ids(&folder.path().join("out"));
    assert!(matches!(&ids[..], [first, second] if first == "ev-1" && second.starts_with("evt_")), "{ids:?}");
    let line = std::fs::read_to_string(folder.path().join("out")).unwrap();
    let line = line.lines().next().unwrap();
    assert!(
        line.starts_with(r#"{"sender":"menucode","type":"scan","id":"ev-1","created_at":"1778335283","signed_at":"#)
    );
    assert!(line.ends_with(r#""scan":null,"data":{"code":"x","n":1.50}}"#), "{line}");
}

#[test]
fn a_credential_proves_the_client_and_is_never_shown() {
    let folder = folder();
    let listen = start(folder.path(), &["--sender", "bearer", "--sender", "basic", "--sender", "path"], &VARIABLES);
    let body = r#"{"id":"e","code":"a","total":3}"#;
    let basic = "authorization: Basic dXNlcjphLXBhc3N3b3JkLW9mLWJhc2lj\r\n";
    for (path, headers, expected) in [
        ("/bearer", "authorization: Bearer a-token-of-bearer\r\n", 200),
        ("/bearer", "authorization: Bearer a-token-of-bearer \r\nauthorization: Bearer b\r\n", 401),
        ("/bearer", "authorization: Bearer a-token-of-bearer-and-more\r\n", 401),
        ("/bearer", "authorization: a-token-of-bearer\r\n", 401),
        ("/bearer", "", 401),
        ("/basic", basic, 200),
        ("/basic", "authorization: Basic dXNlcjpvdGhlcg==\r\n", 401),
        ("/path/a%20path%2Fsecret", "", 200),
        ("/path/a%20path%2fsecret", "", 200),
        ("/path/a%20path", "", 401),
        ("/path", "", 404),
        ("/path/a%20path/secret", "", 404),
        ("/a%20path%2Fsecret", "", 404),
        ("/a-token-of-bearer", "", 404),
    ] {
        assert_eq!(post(&listen, path, headers, body), Some(expected), "{path} {headers}");
    }
    listen.says("path=\"/path/..\"");
    for warning in [
        "warning: bearer does not sign: the `authorization` header after `Bearer` proves only",
        "warning: basic does not sign",
        "warning: path does not sign: the last segment of the path proves only",
        "warning: the events of basic have no ids",
    ] {
        listen.says(warning);
    }
    let said = listen.stderr();
    assert!(!said.contains("the events of path have no ids") && !said.contains("the events of bearer have no ids"));
    assert!(listen.terminate().success());
    let out = std::fs::read_to_string(folder.path().join("out")).unwrap();
    // The second request to the path of the secret is a repeat.
    assert_eq!(out.lines().count(), 3, "{out}");
    for secret in ["a-token-of", "a-password-of", "a%20path", "a path", "dXNlcjph"] {
        assert!(!said.contains(secret) && !out.contains(secret), "{secret}: {said}");
    }
}

#[test]
fn tenants_of_a_described_sender_are_kept_apart() {
    let folder = folder();
    let rows = [("menucode", "one"), ("menucode", "two"), ("path", "one"), ("path", "two")];
    let file = rows.map(|(sender, tenant)| {
        format!("[[secret]]\nsender = \"{sender}\"\ntenant = \"{tenant}\"\nsecret = \"the-{sender}-{tenant}\"\n")
    });
    std::fs::write(folder.path().join("secrets.toml"), file.concat()).unwrap();
    let listen = start(folder.path(), &["--secrets", "secrets.toml"], &[]);
    let signed = |tenant: &str| {
        let secret = format!("the-menucode-{tenant}");
        let file = folder.path().join("senders.toml");
        let arguments = ["sign", "menucode", "--senders", file.to_str().unwrap()];
        let ran = run(&arguments, &[("MENUCODE_KEY", &secret)], EVENT.as_bytes());
        ran.stdout.replace('\n', "\r\n")
    };
    for (path, tenant, expected) in [
        ("/menucode/one", "one", 200),
        ("/menucode/two", "one", 401),
        ("/menucode/two", "two", 200),
        ("/menucode/three", "two", 401),
    ] {
        assert_eq!(post(&listen, path, &signed(tenant), EVENT), Some(expected), "{path} {tenant}");
    }
    for (path, expected) in [
        ("/path/one/the-path-one", 200),
        ("/path/two/the-path-one", 401),
        ("/path/two/the-path-two", 200),
        ("/path/the-path-two", 404),
    ] {
        assert_eq!(post(&listen, path, "", r#"{"code":"a","total":1}"#), Some(expected), "{path}");
    }
    assert!(listen.terminate().success());
    let out = std::fs::read_to_string(folder.path().join("out")).unwrap();
    let tenants: Vec<_> = out.lines().map(|line| line.contains(r#""tenant":"one""#)).collect();
    assert_eq!(tenants, [true, false, true, false], "{out}");

    // The same file serves `verify`.
    let verify = |tenant: &str| {
        let secrets = folder.path().join("secrets.toml");
        let signed = signed("one");
        let headers = signed.lines().flat_map(|line| ["--header", line]);
        let arguments = ["verify", "menucode", "--secrets", secrets.to_str().unwrap(), "--tenant", tenant];
        let arguments: Vec<&str> = arguments.into_iter().chain(headers).collect();
        with_file(folder.path(), &arguments, EVENT)
    };
    assert_eq!(verify("one").code, Some(0));
    let other = verify("two");
    assert_eq!((other.code, other.stderr.starts_with("rejected: signature-mismatch")), (Some(1), true), "{other:?}");
    let none = verify("three");
    assert!(none.stderr.contains("has no secret of menucode for the tenant \"three\""), "{none:?}");
    assert_eq!(none.code, Some(2));
}

#[test]
fn what_sign_prints_is_verified_for_every_sender() {
    let folder = folder();
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let body = r#"{"id":"e","type":"x","event":"x","data":{"scanId":"s"}}"#;
    for sender in [
        "standardwebhooks",
        "dub",
        "qr3",
        "qrlumo",
        "3qpr",
        "linkshor",
        "scribeless",
        "codebox",
        "just-scan-it",
        "scancue",
    ] {
        let arguments = |command| [command, sender, "--secret-env", "ANY"];
        let signed = run(&arguments("sign"), &[("ANY", secret)], body.as_bytes());
        let headers: Vec<_> = signed.stdout.lines().flat_map(|line| ["--header", line]).collect();
        let ran = run(&[&arguments("verify")[..], &headers].concat(), &[("ANY", secret)], body.as_bytes());
        assert_eq!(ran.code, Some(0), "{sender}: {ran:?}");
        assert!(ran.stdout.starts_with(&format!("{{\"sender\":\"{sender}\"")), "{ran:?}");
        let forged = run(&[&arguments("verify")[..], &headers].concat(), &[("ANY", secret)], b"{}");
        assert!(forged.stderr.starts_with("rejected: signature-mismatch"), "{sender}: {forged:?}");
        assert!(!forged.stderr.contains("doctor"), "{forged:?}");
    }
    for sender in ["menucode", "bearer", "basic"] {
        let signed = with_file(folder.path(), &["sign", sender], EVENT);
        let headers: Vec<_> = signed.stdout.lines().flat_map(|line| ["--header", line]).collect();
        let ran = with_file(folder.path(), &[&["verify", sender], &headers[..]].concat(), EVENT);
        assert_eq!(ran.code, Some(0), "{sender}: {ran:?}");
    }
    // A secret in the path is verified in a whole request.
    let segment = with_file(folder.path(), &["sign", "path"], EVENT).stdout;
    assert_eq!(segment, "a%20path%2Fsecret\n");
    let request = folder.path().join("request.http");
    let verify = || with_file(folder.path(), &["verify", "path", "--request", request.to_str().unwrap()], "");
    std::fs::write(&request, format!("POST /path/{} HTTP/1.1\r\nhost: a\r\n\r\n{EVENT}", segment.trim())).unwrap();
    assert_eq!(verify().code, Some(0));
    std::fs::write(&request, format!("POST /path/other HTTP/1.1\r\nhost: a\r\n\r\n{EVENT}")).unwrap();
    let other = verify();
    assert!(other.stderr.starts_with("rejected: credential-mismatch: the credential in the last segment"), "{other:?}");
}

#[test]
fn an_id_in_a_header_is_signed_and_printed() {
    let secret = [("STANDARDWEBHOOKS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
    let sign =
        |id| run(&["sign", "standardwebhooks", "--at", "1614265330", "--id", id], &secret, br#"{"test": 2432232314}"#);
    let signed = sign("msg_p5jXN8AQM9LWM0D4loKWxJek");
    // The vector that the reference libraries publish.
    let expected = "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\nwebhook-timestamp: 1614265330\n\
                    webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\n";
    assert_eq!((signed.code, signed.stdout.as_str()), (Some(0), expected));
    let odd = sign("a.b");
    assert_eq!((odd.code, odd.stderr.contains("--id \"a.b\" is not text")), (Some(2), true), "{odd:?}");
}

#[test]
fn an_event_keeps_an_id_that_cannot_be_replaced() {
    let folder = folder();
    let listen = start(folder.path(), &["--sender", "menucode"], &VARIABLES);
    let url = format!("http://{}/menucode", listen.address);
    let send = |event: &str, more: &[&str]| {
        let body = folder.path().join("other.json");
        std::fs::write(&body, event).unwrap();
        let arguments = [&["send", "menucode", &url, "--body", body.to_str().unwrap()], more].concat();
        with_file(folder.path(), &arguments, "").stdout.split_whitespace().last().unwrap().to_owned()
    };
    // A number stays what it is, also if the same digits are elsewhere in quotes.
    assert_eq!(send(r#"{"other":"7","meta":{"id":7}}"#, &[]), "7");
    let escaped = send(r#"{"meta":{"id":"caf\u00e9"}}"#, &[]);
    assert_eq!(escaped, "caf\u{e9}");
    assert!(send(r#"{"meta":{"id":"ev-7"}}"#, &[]).starts_with("evt_"));
    assert_eq!(send(r#"{"meta":{"id":"ev-7"}}"#, &["--same-id"]), "ev-7");
    assert!(listen.terminate().success());
    let ids = ids(&folder.path().join("out"));
    assert_eq!((&ids[0], &ids[1], &ids[3]), (&"7".to_owned(), &"caf\u{e9}".to_owned(), &"ev-7".to_owned()), "{ids:?}");

    // An id that no header can have is not sent in one.
    std::fs::write(folder.path().join("a.json"), r#"{"type":"x","data":"\u00e9"}"#).unwrap();
    let file = folder.path().join("a.json");
    let secret = [("STANDARDWEBHOOKS_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")];
    let arguments = ["send", "standardwebhooks", "http://127.0.0.1:1/", "--same-id", "--body", file.to_str().unwrap()];
    let ran = run(&arguments, &secret, b"");
    assert_eq!((ran.code, ran.stdout.trim_end().ends_with("msg_unchanged")), (Some(1), true), "{ran:?}");
}

#[test]
fn two_hooks_with_one_secret_are_a_warning() {
    let folder = folder();
    let rows = [("menucode", "one", "shared"), ("menucode", "two", "shared"), ("path", "one", "shared")];
    let file = rows.map(|(sender, tenant, secret)| {
        format!("[[secret]]\nsender = \"{sender}\"\ntenant = \"{tenant}\"\nsecret = \"{secret}\"\n")
    });
    std::fs::write(folder.path().join("secrets.toml"), file.concat()).unwrap();
    let listen = start(folder.path(), &["--secrets", "secrets.toml"], &[]);
    listen.says("two hooks have the same secret");
    let said = listen.stderr();
    assert_eq!(said.matches("two hooks have the same secret").count(), 1, "{said}");
    assert!(said.contains("sender=\"menucode\" lines=\"1 and 5\"") && !said.contains("shared"), "{said}");
    // `doctor` reads the same file.
    let senders = folder.path().join("senders.toml");
    let secrets = folder.path().join("secrets.toml");
    let files = ["--secrets", secrets.to_str().unwrap(), "--senders", senders.to_str().unwrap()];
    let doctor = run(&[&["doctor", "qrstudio", "--body", senders.to_str().unwrap()], &files[..]].concat(), &[], b"");
    assert!(doctor.stderr.contains("has no secret of qrstudio without a tenant"), "{doctor:?}");
}

#[test]
fn wrong_usage_is_explained() {
    let folder = folder();
    for (arguments, expected) in [
        (&["verify", "nobody"][..], "error: there is no sender `nobody`; known are qrstudio, codeqr, qrplanet, "),
        (&["sign", "menucode", "--secret-env", "UNSET_VARIABLE"], "UNSET_VARIABLE"),
        (
            &["send", "menucode", "scan", "http://127.0.0.1:1/"],
            "there are no sample events of menucode: send one of your own with --body",
        ),
        (&["listen", "--sender", "nobody"], "error: there is no sender `nobody`"),
        (&["verify", "path"], "path has its secret in the path: give the whole request with --request"),
    ] {
        let ran = with_file(folder.path(), arguments, "");
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(expected), "{arguments:?}: {ran:?}");
    }
    let file = folder.path().join("senders.toml");
    let unset = run(&["listen", "--senders", file.to_str().unwrap()], &[], b"");
    let variables = "MENUCODE_KEY, BEARER_WEBHOOK_SECRET, BASIC_WEBHOOK_SECRET, PATH_WEBHOOK_SECRET";
    assert!(unset.stderr.contains(&format!("set one of the environment variables {variables}\n")), "{unset:?}");
    // A secret that cannot be a key of its sender.
    for (sender, secret, expected) in [
        ("standardwebhooks", "whsec_notbase64", "ANY: "),
        ("standardwebhooks", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "ANY: "),
        ("basic", "no-colon", "ANY: the secret is not `user:password`"),
        ("bearer", "p\u{7}ssword", "ANY: the secret has characters that a header cannot have"),
    ] {
        let file = folder.path().join("senders.toml");
        for command in ["sign", "verify"] {
            let arguments = [command, sender, "--secret-env", "ANY", "--senders", file.to_str().unwrap()];
            let ran = run(&arguments, &[("ANY", secret)], b"{}");
            assert_eq!(ran.code, Some(2), "{sender}: {ran:?}");
            assert!(ran.stderr.contains(expected) && !ran.stderr.contains(secret), "{sender}: {ran:?}");
        }
    }
    std::fs::write(
        folder.path().join("senders.toml"),
        "[[sender]]\nname = \"acme\"\n\n[sender.signature]\nhead = \"a\"",
    )
    .unwrap();
    for arguments in [&["listen"][..], &["verify", "acme"], &["sign", "acme"], &["send", "acme", "scan", "http://a/"]] {
        let ran = with_file(folder.path(), arguments, "");
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains("senders.toml, line 4: `header` is missing"), "{arguments:?}: {ran:?}");
    }
}
