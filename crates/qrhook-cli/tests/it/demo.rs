//! `qrhook demo`.

use crate::support::{PATIENCE, command, post, run};

#[test]
fn every_row_is_as_expected_and_plain_when_piped() {
    // It needs no secret, and ignores one that is set.
    let ran = run(&["demo", "--all"], &[("QRSTUDIO_WEBHOOK_SECRET", "")], b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    let last = ran.stdout.lines().last().unwrap();
    let rows = ran.stdout.lines().filter(|line| line.starts_with("ok ")).count();
    assert_eq!(last, format!("{rows} as expected, 0 different"));
    assert!(rows >= 80, "{}", ran.stdout);
    assert_fits(&ran.stdout, 80);
}

#[test]
fn the_tour_fits_on_one_screen() {
    let ran = run(&["demo"], &[], b"");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{}", ran.stdout);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines.len() <= 25, "{}", ran.stdout);
    assert_fits(&ran.stdout, 80);
    for expected in [
        "1. QR Studio sends a scan: 200. ",
        "type        scan.created ",
        "country     CA ",
        ": 401. The log has the reason:",
        "reason=\"signature-mismatch\"",
        "3. QR Studio repeats the first scan: 200. The handler is not called again.",
        ": 500. CodeQR retries: 200, after 2 runs.",
    ] {
        assert!(ran.stdout.contains(expected), "{expected}: {}", ran.stdout);
    }
    // Each group has a line with its counts, and the last line has their sum.
    let group = |line: &&str| -> Option<usize> {
        let mut words = line.strip_prefix("  ")?.split_whitespace().skip(1);
        let (ok, of, total) = (words.next()?.parse().ok()?, words.next()?, words.next()?.parse::<usize>().ok()?);
        (of == "of" && ok == total).then_some(ok)
    };
    let groups: Vec<_> = lines.iter().filter_map(group).collect();
    assert_eq!(groups.len(), 6, "{}", ran.stdout);
    let last = format!("{} as expected, 0 different", groups.iter().sum::<usize>());
    assert_eq!(lines.last(), Some(&last.as_str()), "{}", ran.stdout);
}

fn assert_fits(text: &str, width: usize) {
    for line in text.lines() {
        assert!(line.chars().count() <= width, "{line}");
    }
}

#[test]
fn stays_when_it_is_asked_to() {
    use std::io::{BufRead, BufReader};
    let mut child = command(&["demo", "--stay"], &[]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let stays = lines.find_map(|line| line.strip_prefix("The receiver stays at http://").map(str::to_owned)).unwrap();
    let address = stays.split(' ').next().unwrap().parse().unwrap();
    let secret = lines.find_map(|line| line.strip_prefix("  export QRSTUDIO_WEBHOOK_SECRET=").map(str::to_owned));
    let body = r#"{"id":"evt_stay","type":"scan.created"}"#;
    assert_eq!(post::<qrhook::qrstudio::QrStudio>(address, &secret.unwrap(), body), Some(200));
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    drop(lines);
    let started = std::time::Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(started.elapsed() < PATIENCE, "it does not end");
        std::thread::sleep(std::time::Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_no_folder_behind() {
    use std::io::{BufRead, BufReader};
    for signal in ["-TERM", "-INT"] {
        let place = tempfile::tempdir().unwrap();
        let environment = [("TMPDIR", place.path().to_str().unwrap())];
        let mut child = command(&["demo"], &environment).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // The receiver is listening.
        assert!(lines.next().unwrap().unwrap().starts_with("A receiver at"));
        let sent = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let code = child.wait().unwrap().code();
        // On a busy machine the demo may end before the signal arrives.
        assert!(matches!(code, Some(0 | 1)), "{signal}: {code:?}");
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "{signal}");
    }
}
