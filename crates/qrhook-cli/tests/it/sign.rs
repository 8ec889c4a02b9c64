//! `qrhook sign`.

use crate::support::{QRPLANET_TOKEN, SECRETS, run};

#[test]
fn signs_as_the_vectors_do() {
    let studio = r#"{"type":"dynamic_qr.created","id":"evt_vector2","created_at":"2026-05-09T14:01:23Z","data":{"name":"Menü ☕"}}"#;
    let codeqr = r#"{"id":"evt_0000000000000000000000002","event":"page.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"page":{"id":"cmexamplepage0000000000001","name":"Opinião ☕"}}}"#;
    let cases = [
        (
            "qrstudio",
            studio,
            "X-QRStudio-Signature: t=1778335283,v1=8f2fab5eaaba05475135bd1e52eebabd9691cbbe320c76d720906e8a6d90a17c\n",
        ),
        ("codeqr", codeqr, "CodeQR-Signature: 3e54d59528db032027b356fd42a37edea253785d2d7e8cba116dcc7a7e1a8561\n"),
    ];
    for (sender, body, expected) in cases {
        let ran = run(&["sign", sender, "--at", "1778335283"], &SECRETS, body.as_bytes());
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), expected, ""), "{sender}");
    }
}

#[test]
fn puts_the_token_into_a_form() {
    let cases = [
        ("event=A", format!("event=A&secrettoken={QRPLANET_TOKEN}")),
        ("", format!("secrettoken={QRPLANET_TOKEN}")),
        ("secrettoken=a&event=A+%26&secrettoken=b", format!("event=A+%26&secrettoken={QRPLANET_TOKEN}")),
    ];
    for (form, expected) in cases {
        let ran = run(&["sign", "qrplanet"], &SECRETS, form.as_bytes());
        assert_eq!((ran.code, ran.stdout), (Some(0), expected), "{form}");
    }
    let odd = [("QRPLANET_SECRET_TOKEN", "secret:a b&c=d:ü%")];
    let signed = run(&["sign", "qrplanet"], &odd, b"event=A");
    assert_eq!(run(&["verify", "qrplanet"], &odd, signed.stdout.as_bytes()).code, Some(0), "{signed:?}");
}

#[test]
fn what_was_signed_is_verified() {
    let bodies = [r#"{"id":"e","type":"x","event":"x"}"#, " {\"id\":\"e\"}\r\n", "{\"id\":\"\\u00e9 \\ud83d\"}"];
    for sender in ["qrstudio", "codeqr"] {
        for body in bodies {
            let signed = run(&["sign", sender], &SECRETS, body.as_bytes());
            let ran = run(&["verify", sender, "--header", signed.stdout.trim_end()], &SECRETS, body.as_bytes());
            assert_eq!(ran.code, Some(0), "{sender} {body}: {}", ran.stderr);
        }
    }
    let signed = run(&["sign", "qrplanet"], &SECRETS, b"event=QR_CODE_SCANNED");
    assert_eq!(run(&["verify", "qrplanet"], &SECRETS, signed.stdout.as_bytes()).code, Some(0));
}

#[test]
fn the_first_of_several_secrets_signs() {
    let environment = [SECRETS[1], ("OTHER", "whsec_other")];
    let arguments = |names: [&'static str; 2]| ["sign", "codeqr", "--secret-env", names[0], "--secret-env", names[1]];
    let first = run(&arguments(["OTHER", "CODEQR_WEBHOOK_SECRET"]), &environment, b"{}");
    let alone = run(&["sign", "codeqr", "--secret-env", "OTHER"], &environment, b"{}");
    assert_eq!(first.stdout, alone.stdout);
    assert_ne!(first.stdout, run(&["sign", "codeqr"], &environment, b"{}").stdout);
}
