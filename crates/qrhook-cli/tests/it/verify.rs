//! `qrhook verify`.

use crate::support::{CODEQR_SECRET, QRPLANET_TOKEN, QRSTUDIO_SECRET, SECRETS, run};

/// The vectors of the wire formats.
const STUDIO_1: &str =
    r#"{"type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
const STUDIO_1_HEADER: &str = "X-QRStudio-Signature: \
    t=1778335283,v1=c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a";
const STUDIO_2: &str =
    r#"{"type":"dynamic_qr.created","id":"evt_vector2","created_at":"2026-05-09T14:01:23Z","data":{"name":"Menü ☕"}}"#;
const STUDIO_2_HEADER: &str = "X-QRStudio-Signature: \
    t=1778335283,v1=8f2fab5eaaba05475135bd1e52eebabd9691cbbe320c76d720906e8a6d90a17c";
const CODEQR_1: &str = r#"{"id":"evt_0000000000000000000000001","event":"link.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"id":"cmexamplelink0000000000001"}}"#;
const CODEQR_1_HEADER: &str = "CodeQR-Signature: 9c66f2ed446e7dd94e2aeea3c4ffec17774f27514d4bfe643a598033a22f43ff";
const CODEQR_2: &str = r#"{"id":"evt_0000000000000000000000002","event":"page.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"page":{"id":"cmexamplepage0000000000001","name":"Opinião ☕"}}}"#;
const CODEQR_2_HEADER: &str = "CodeQR-Signature: 3e54d59528db032027b356fd42a37edea253785d2d7e8cba116dcc7a7e1a8561";

const AT: [&str; 2] = ["--at", "1778335290"];

#[test]
fn accepts_the_vectors_and_prints_one_line() {
    let cases = [
        (
            "qrstudio",
            STUDIO_1_HEADER,
            STUDIO_1,
            r#"{"sender":"qrstudio","type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","signed_at":1778335283,"secret":0,"id_conflict":false,"unclaimed":false,"scan":{"sender":"qrstudio","code":"aBc12dEf","time":"2026-05-09T14:01:23Z","country":null,"city":null,"device":null,"os":null,"browser":null,"bot":null,"referer":null},"data":{"short_id":"aBc12dEf"}}"#,
        ),
        (
            "qrstudio",
            STUDIO_2_HEADER,
            STUDIO_2,
            r#"{"sender":"qrstudio","type":"dynamic_qr.created","id":"evt_vector2","created_at":"2026-05-09T14:01:23Z","signed_at":1778335283,"secret":0,"id_conflict":false,"unclaimed":false,"scan":null,"data":{"name":"Menü ☕"}}"#,
        ),
        (
            "codeqr",
            CODEQR_1_HEADER,
            CODEQR_1,
            r#"{"sender":"codeqr","type":"link.created","id":"evt_0000000000000000000000001","created_at":"2026-03-14T09:00:00.123Z","signed_at":null,"secret":0,"id_conflict":false,"unclaimed":false,"scan":null,"data":{"id":"cmexamplelink0000000000001"}}"#,
        ),
        (
            "codeqr",
            CODEQR_2_HEADER,
            CODEQR_2,
            r#"{"sender":"codeqr","type":"page.created","id":"evt_0000000000000000000000002","created_at":"2026-03-14T09:00:00.123Z","signed_at":null,"secret":0,"id_conflict":false,"unclaimed":false,"scan":null,"data":{"page":{"id":"cmexamplepage0000000000001","name":"Opinião ☕"}}}"#,
        ),
    ];
    for (sender, header, body, expected) in cases {
        let ran = run(&["verify", sender, "--header", header, "--at", AT[1]], &SECRETS, body.as_bytes());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), &*format!("{expected}\n")), "{body}: {}", ran.stderr);
        assert_eq!(ran.stderr, "", "{body}");
    }
}

#[test]
fn a_form_needs_no_content_type_and_shows_its_fields_without_the_token() {
    let form = format!("event=QR_CODE_SCANNED&secrettoken={QRPLANET_TOKEN}&redirects=007&a%5B%5D=1&a%5B%5D=%22");
    let ran = run(&["verify", "qrplanet"], &SECRETS, form.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let data = r#""data":{"event":"QR_CODE_SCANNED","redirects":"007","a[]":"1","a[]":"\""}}"#;
    assert!(ran.stdout.ends_with(&format!("{data}\n")), "{}", ran.stdout);
    assert!(ran.stdout.starts_with(r#"{"sender":"qrplanet","type":"QR_CODE_SCANNED","id":null,"created_at":null,"#));

    let json = format!(r#"{{"event":"JOB_FINISHED","secrettoken":"{QRPLANET_TOKEN}"}}"#);
    for arguments in
        [["--content-type", "application/json"], ["--header", "content-type: application/json; charset=utf-8"]]
    {
        let ran = run(&[&["verify", "qrplanet"], &arguments[..]].concat(), &SECRETS, json.as_bytes());
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn the_data_is_what_was_sent() {
    let data = "{ \"n\" : 12345678901234567890.10 ,\n \"z\":1,\r\n\t\"a\":[1e400 , -0.0],\"z\":2, \
                \"text\":\"a  \\u2028 \\\" \u{2028}\" }";
    let body = format!("{{\"id\":\"e\",\"event\":\"x\",\"data\":{data}}}");
    let signed = run(&["sign", "codeqr"], &SECRETS, body.as_bytes());
    let ran = run(&["verify", "codeqr", "--header", signed.stdout.trim()], &SECRETS, body.as_bytes());
    let expected = "\"data\":{\"n\":12345678901234567890.10,\"z\":1,\"a\":[1e400,-0.0],\"z\":2,\
                    \"text\":\"a  \\u2028 \\\" \\u2028\"}}\n";
    assert!(ran.stdout.ends_with(expected), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), 1);
}

#[test]
fn every_reason_is_said() {
    let token = |form: &str| form.replace('@', &format!("secrettoken={QRPLANET_TOKEN}"));
    let signed = |sender: &str, body: &str| run(&["sign", sender], &SECRETS, body.as_bytes()).stdout.trim().to_owned();
    let large = " ".repeat(256 * 1024 + 1);
    let array = signed("codeqr", "[]");
    let large_header = signed("qrstudio", &large);
    let json = "application/json";
    let nested = format!(r#"{{"id":"e","event":"x","data":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let nested_header = signed("codeqr", &nested);
    let cases: &[(&str, &str, &[&str], &str)] = &[
        ("missing-signature", "qrstudio", &[], STUDIO_1),
        ("missing-signature", "codeqr", &["--header", STUDIO_1_HEADER], CODEQR_1),
        ("malformed-signature", "qrstudio", &["--header", "X-QRStudio-Signature: t=1,v1=zz"], STUDIO_1),
        ("malformed-signature", "qrstudio", &["--header", "X-QRStudio-Signature:"], STUDIO_1),
        ("malformed-signature", "codeqr", &["--header", "codeqr-signature: sha256=00"], CODEQR_1),
        ("signature-mismatch", "qrstudio", &["--header", STUDIO_1_HEADER, AT[0], AT[1]], STUDIO_2),
        ("signature-mismatch", "codeqr", &["--header", CODEQR_1_HEADER], CODEQR_2),
        ("stale", "qrstudio", &["--header", STUDIO_1_HEADER, "--at", "1778335584"], STUDIO_1),
        ("stale", "qrstudio", &["--header", STUDIO_1_HEADER], STUDIO_1),
        ("future", "qrstudio", &["--header", STUDIO_1_HEADER, "--at", "1778334982"], STUDIO_1),
        ("stale", "qrstudio", &["--header", STUDIO_1_HEADER, "--at", "1778335290", "--tolerance", "6"], STUDIO_1),
        ("repeated-header", "qrstudio", &["--header", STUDIO_1_HEADER, "--header", STUDIO_2_HEADER], STUDIO_1),
        ("missing-token", "qrplanet", &[], "event=QR_CODE_SCANNED"),
        ("missing-token", "qrplanet", &[], ""),
        ("token-mismatch", "qrplanet", &[], "event=QR_CODE_SCANNED&secrettoken=other"),
        ("token-mismatch", "qrplanet", &[], "event=QR_CODE_SCANNED&secrettoken="),
        ("repeated-field", "qrplanet", &[], &token("event=X&@&@")),
        ("repeated-field", "qrplanet", &[], &token("event=X&@&%73ecrettoken=b")),
        ("body-too-large", "qrstudio", &["--header", &large_header], &large),
        ("body-too-large", "qrplanet", &[], &large),
        ("body-too-large", "qrplanet", &["--header", "Content-Length: 999999"], &token("event=X&@")),
        ("unsupported-media-type", "qrplanet", &["--content-type", "text/plain"], &token("event=X&@")),
        ("unsupported-media-type", "qrplanet", &["--content-type", json, "--header", "Content-Type: a/b"], "{}"),
        ("unusable-body", "qrplanet", &[], &token("@&a=1")),
        ("unusable-body", "codeqr", &["--header", &array], "[]"),
        ("unusable-body", "codeqr", &["--header", &nested_header], &nested),
    ];
    for (reason, sender, arguments, body) in cases {
        let ran = run(&[&["verify", sender], *arguments].concat(), &SECRETS, body.as_bytes());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{reason} {arguments:?}: {}", ran.stderr);
        let explanation = ran.stderr.strip_prefix(&format!("rejected: {reason}: "));
        let explanation = explanation.unwrap_or_else(|| panic!("{reason} {arguments:?}: {}", ran.stderr));
        // A failed proof is followed by the command that explains it.
        let is_proof = !["body-too-large", "unsupported-media-type", "unusable-body"].contains(reason);
        let hint = format!("\nhint: `qrhook doctor {sender}` with the same arguments looks for the mistake\n");
        let explanation = if is_proof { explanation.strip_suffix(&hint) } else { explanation.strip_suffix('\n') };
        let explanation = explanation.unwrap_or_else(|| panic!("{reason} {arguments:?}: {}", ran.stderr));
        assert!(explanation.len() > 10 && explanation.lines().count() == 1, "{reason}: {explanation}");
        for (_, secret) in SECRETS {
            assert!(!ran.stderr.contains(secret), "{reason}: {}", ran.stderr);
        }
    }
}

#[test]
fn the_window_is_as_wide_as_it_is_said_to_be() {
    let cases = [
        ("1778335583", None, 0),
        ("1778334983", None, 0),
        ("1778335290", Some("7"), 0),
        ("1778335276", Some("7"), 0),
        ("1778335275", Some("7"), 1),
        ("0", Some("18446744073709551615"), 0),
        ("999999999999", Some("18446744073709551615"), 0),
    ];
    for (at, tolerance, code) in cases {
        let mut arguments = vec!["verify", "qrstudio", "--header", STUDIO_1_HEADER, "--at", at];
        arguments.extend(tolerance.iter().flat_map(|tolerance| ["--tolerance", tolerance]));
        let ran = run(&arguments, &SECRETS, STUDIO_1.as_bytes());
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn says_which_of_several_secrets_matched() {
    let secrets = [("OLD", "whsec_old"), ("NEW", QRSTUDIO_SECRET), ("OTHER", CODEQR_SECRET)];
    let arguments = ["verify", "qrstudio", "--header", STUDIO_1_HEADER, "--at", AT[1]];
    let more = ["--secret-env", "OLD", "--secret-env", "NEW", "--secret-env", "OTHER"];
    let ran = run(&[&arguments[..], &more].concat(), &secrets, STUDIO_1.as_bytes());
    assert!(ran.stdout.contains(r#""secret":1,"#), "{ran:?}");
    // `--secret-env` replaces the default.
    let both = [SECRETS[0], ("OLD", "whsec_old")];
    let ran = run(&[&arguments[..], &["--secret-env", "OLD"]].concat(), &both, STUDIO_1.as_bytes());
    assert!(ran.stderr.starts_with("rejected: signature-mismatch: "), "{ran:?}");
}

#[test]
fn a_line_break_behind_the_secret_is_taken_off_and_said() {
    let secret = format!("{QRSTUDIO_SECRET}\n");
    let environment = [("QRSTUDIO_WEBHOOK_SECRET", &*secret)];
    let arguments = ["verify", "qrstudio", "--header", STUDIO_1_HEADER, "--at", AT[1]];
    let ran = run(&arguments, &environment, STUDIO_1.as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("WARN") && ran.stderr.contains("QRSTUDIO_WEBHOOK_SECRET"), "{}", ran.stderr);
    assert!(!ran.stderr.contains(QRSTUDIO_SECRET));
}

#[test]
fn the_body_may_be_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body.json");
    std::fs::write(&path, STUDIO_1).unwrap();
    let path = path.to_str().unwrap();
    let arguments = ["verify", "qrstudio", "--header", STUDIO_1_HEADER, "--at", AT[1], "--body"];
    assert_eq!(run(&[&arguments[..], &[path]].concat(), &SECRETS, b"").code, Some(0));
    assert_eq!(run(&[&arguments[..], &["-"]].concat(), &SECRETS, STUDIO_1.as_bytes()).code, Some(0));
    // With a line break, it is a different body.
    let broken = format!("{STUDIO_1}\n");
    assert_eq!(run(&[&arguments[..], &["-"]].concat(), &SECRETS, broken.as_bytes()).code, Some(1));
}

#[test]
fn input_without_end_is_not_read_to_its_end() {
    let ran = run(&["verify", "qrplanet", "--body", "/dev/zero"], &SECRETS, b"");
    assert!(ran.stderr.starts_with("rejected: body-too-large: "), "{ran:?}");
}
