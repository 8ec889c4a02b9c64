//! Wrong usage: exit code 2, with the name of what is wrong.

use crate::support::{SECRETS, run};

#[test]
fn wrong_usage_names_what_is_wrong() {
    let cases: &[(&[&str], &str)] = &[
        (&[], "Usage"),
        (&["nonsense"], "nonsense"),
        (&["verify"], "SENDER"),
        (&["verify", "acme"], "acme"),
        (&["verify", "qrstudio", "--header", "no colon"], "--header"),
        (&["verify", "qrstudio", "--header", ": value"], "--header"),
        (&["verify", "qrstudio", "--header", "na me: value"], "--header"),
        (&["verify", "qrstudio", "--header", "name: a\nb"], "--header"),
        (&["verify", "qrstudio", "--content-type", "a\nb"], "--content-type"),
        (&["verify", "qrstudio", "--at", "soon"], "--at"),
        (&["verify", "qrstudio", "--at", "2026-05-09"], "such as 2026-05-09T14:01:23Z"),
        (&["verify", "qrstudio", "--at=-1"], "--at"),
        (&["verify", "qrstudio", "--at", "1000000000000"], "--at"),
        (&["verify", "qrstudio", "--tolerance=-1"], "--tolerance"),
        (&["verify", "qrstudio", "--body", "no/such/file"], "no/such/file"),
        (&["verify", "qrstudio", "--body", "/"], "/"),
        (&["sign", "codeqr", "--body", "no/such/file"], "no/such/file"),
        (&["send", "qrstudio", "scan.create", "http://localhost/"], "scan.created"),
        (&["send", "qrplanet", "scan.created", "http://localhost/"], "QR_CODE_SCANNED"),
        (&["send", "qrstudio", "scan.created", "ftp://localhost/"], "URL"),
        (&["send", "qrstudio", "scan.created", "localhost"], "URL"),
        (&["send", "qrstudio", "scan.created", "localhost:1/x"], "such as http://localhost:1/x"),
        (&["send", "qrstudio", "scan.created", "me:pw@localhost/"], "such as https://HOST/PATH"),
        (&["send", "qrplanet", "QR_CODE_SCANNED", "hooks.example/qrplanet"], "such as https://hooks.example/qrplanet"),
        (&["send", "qrplanet", "QR_CODE_SCANNED", "https:/hooks.example"], "such as https://HOST/PATH"),
        (&["send", "qrstudio", "scan.created", "http://me:pw@localhost/"], "URL"),
        (&["send", "codeqr", "sale.created", "http://localhost/", "--tamper", "time"], "--tamper"),
        (&["send", "codeqr", "sale.created", "http://localhost/", "--count", "0"], "--count"),
        (&["send", "codeqr", "sale.created", "http://localhost/", "--parallel", "0"], "--parallel"),
        (&["listen", "--addr", "8080"], "--addr"),
        (&["listen", "--addr", "localhost"], "--addr"),
        (&["listen", "--addr", "localhost:99999"], "--addr"),
        (&["listen", "--store", "sqlite:"], "--store"),
        (&["listen", "--store", "mongodb://x"], "`memory`, `sqlite:PATH`, `postgres://..` and `redis://..`"),
        (&["listen", "--store", "qrhook.db"], "did you mean `sqlite:qrhook.db`?"),
        (&["listen", "--store", "postgres:qrhook"], "`postgres:` needs a server"),
        (&["listen", "--store", "redis:6379"], "`redis:` needs a server"),
        (&["listen", "--secret-env", "X"], "--sender"),
        (&["listen", "--secret-env", "X", "--sender", "codeqr", "--sender", "qrstudio"], "--sender"),
        (&["demo", "--go"], "--go"),
    ];
    for (arguments, named) in cases {
        let ran = run(arguments, &SECRETS, b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(named), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn a_secret_that_is_none_is_named_by_its_variable() {
    let commands: &[&[&str]] = &[
        &["verify", "codeqr"],
        &["sign", "codeqr"],
        &["send", "codeqr", "sale.created", "http://127.0.0.1:1/"],
        &["listen", "--addr", "127.0.0.1:0", "--store", "memory", "--sender", "codeqr"],
    ];
    let values = [
        (None, "not set"),
        (Some(""), "empty"),
        (Some("  "), "blank"),
        (Some("\n"), "empty"),
        (Some(" whsec_leaked"), "white space"),
        (Some("whsec_leaked "), "white space"),
        (Some("whsec_leaked\n\n"), "white space"),
    ];
    for command in commands {
        for variable in ["CODEQR_WEBHOOK_SECRET", "MY_SECRET"] {
            for (value, problem) in values {
                let environment: Vec<_> = value.iter().map(|value| (variable, *value)).collect();
                let mut arguments = command.to_vec();
                if variable == "MY_SECRET" {
                    arguments.extend(["--secret-env", variable]);
                }
                let ran = run(&arguments, &environment, b"");
                assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?} {value:?}: {}", ran.stderr);
                let error = ran.stderr.lines().find(|line| line.starts_with("error: ")).unwrap();
                assert!(error.contains(variable) && error.contains(problem), "{arguments:?} {value:?}: {error}");
                assert!(!ran.stderr.contains("leaked"), "{}", ran.stderr);
            }
        }
    }
}

#[test]
fn a_secret_in_the_place_of_a_name_is_not_repeated() {
    for secret in ["whsec_0123456789", "secret:example.com:1:abc", "FAKE-token", ""] {
        let ran = run(&["verify", "codeqr", "--secret-env", secret], &[], b"");
        assert_eq!(ran.code, Some(2));
        assert!(ran.stderr.starts_with("error: --secret-env takes the name"), "{}", ran.stderr);
        assert!(secret.is_empty() || !ran.stderr.contains(secret), "{}", ran.stderr);
    }
}

#[test]
fn a_password_in_a_url_is_not_repeated() {
    let cases = [
        (&["listen", "--store", "mongodb://user:hunter2@host"][..], 2),
        (&["listen", "--addr", "127.0.0.1:0", "--store", "redis://user:hunter2@127.0.0.1:1"], 1),
        (&["listen", "--addr", "127.0.0.1:0", "--store", "redis://user:hunter2@:x"], 1),
        (&["listen", "--addr", "127.0.0.1:0", "--store", "postgres://user:hunter2@127.0.0.1:1/db"], 1),
        (&["listen", "--addr", "127.0.0.1:0", "--store", "postgres://user:hunter2@[/db"], 1),
        (&["send", "codeqr", "sale.created", "http://user:hunter2@host/"], 2),
        (&["send", "codeqr", "sale.created", "user:hunter2@host/"], 2),
        (&["send", "qrplanet", "QR_CODE_SCANNED", "host/qrplanet?secrettoken=hunter2"], 2),
        (&["listen", "--store", "host=db user=q password=hunter2"], 2),
    ];
    for (arguments, code) in cases {
        let ran = run(arguments, &SECRETS, b"");
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{arguments:?}: {}", ran.stderr);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

#[test]
fn the_store_may_be_named_by_the_environment() {
    let store = |url| [&SECRETS[..], &[("QRHOOK_STORE", url)]].concat();
    let listen = ["listen", "--addr", "127.0.0.1:0"];
    let ran = run(&listen, &store("mongodb://user:hunter2@host"), b"");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("error: QRHOOK_STORE: no such kind of store"), "{}", ran.stderr);
    let ran = run(&listen, &store("redis://user:hunter2@127.0.0.1:1"), b"");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("127.0.0.1:1") && !ran.stderr.contains("hunter2"), "{}", ran.stderr);
    // The command line takes precedence.
    let ran = run(&[&listen[..], &["--store", "sqlite:"]].concat(), &store("memory"), b"");
    assert!(ran.stderr.starts_with("error: --store: "), "{}", ran.stderr);
}

#[test]
fn listen_without_a_sender_names_the_variables() {
    let ran = run(&["listen", "--addr", "127.0.0.1:0"], &[], b"");
    assert_eq!(ran.code, Some(2));
    for (variable, _) in SECRETS {
        assert!(ran.stderr.contains(variable), "{}", ran.stderr);
    }
}

#[test]
fn help_says_what_a_newcomer_needs() {
    for command in ["demo", "listen", "verify", "doctor", "sign", "send", "init", "completions", "man"] {
        let ran = run(&[command, "--help"], &[], b"");
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{command}");
        for heading in ["Usage: qrhook ", "Example:", "Exit codes: 0", "Environment:"] {
            assert!(ran.stdout.contains(heading), "{command}: {heading}");
        }
    }
    let ran = run(&["--help"], &[], b"");
    assert!(SECRETS.iter().all(|(variable, _)| ran.stdout.contains(variable)), "{}", ran.stdout);
}

#[test]
fn a_misspelled_log_level_is_not_silence() {
    let ran = run(&["demo"], &[("QRHOOK_LOG", "wran")], b"");
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
    assert!(ran.stderr.contains("QRHOOK_LOG") && ran.stderr.contains("`wran` is not a level"), "{}", ran.stderr);
}

#[test]
fn what_looks_right_and_is_not_is_refused() {
    let cases: [(&[&str], &str); 4] = [
        (&["send", "qrstudio", "scan.created", "http://127.0.0.1:99999/hook"], "port"),
        (&["send", "qrstudio", "scan.created", "http://[::1]:/hook"], "port"),
        (&["listen", "--store", "sqlite://qrhook.db"], "a path follows `sqlite:` as it is"),
        (&["sign", "qrplanet", "--secret-env", "5f4dcc3b5aa765d61d8327deb882cf99"], "not the secret itself"),
    ];
    for (arguments, expected) in cases {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_qrhook"))
            .args(arguments)
            .env("QRSTUDIO_WEBHOOK_SECRET", "whsec_test")
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected) && !said.contains("5f4dcc"), "{arguments:?}: {said}");
    }
}
