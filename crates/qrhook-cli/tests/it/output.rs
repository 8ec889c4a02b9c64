//! The output: readers that leave, disks that are full, colours, and the width of the help.

use std::process::Stdio;

use crate::support::{SECRETS, command, run};

#[test]
fn a_reader_that_leaves_is_not_an_error() {
    for arguments in [&["sign", "codeqr"][..], &["demo"], &["completions", "bash"], &["man"]] {
        let mut command = command(arguments, &SECRETS);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        // The body ends here, so there is something to print.
        drop(child.stdin.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let mut command = command(&["sign", "codeqr"], &SECRETS);
    command.stdin(Stdio::null()).stdout(std::fs::File::options().write(true).open("/dev/full").unwrap());
    let output = command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("error: cannot write to standard output"), "{stderr}");
}

#[test]
fn colours_follow_the_conventions() {
    let cases: &[(&[(&str, &str)], bool)] = &[
        // A pipe has no colours unless they are forced.
        (&[], false),
        (&[("CLICOLOR_FORCE", "1")], true),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&[("CLICOLOR", "1")], false),
    ];
    for (environment, coloured) in cases {
        let ran = run(&["demo"], environment, b"");
        assert_eq!(ran.stdout.contains('\u{1b}'), *coloured, "{environment:?}");
    }
}

#[test]
fn the_help_wraps_at_the_width_of_the_terminal() {
    let commands =
        ["", "demo", "listen", "verify", "doctor", "sign", "send", "init", "completions", "man"].map(|command| {
            match command {
                "" => vec!["--help"],
                command => vec![command, "--help"],
            }
        });
    for arguments in commands {
        for width in [80, 100] {
            let ran = run(&arguments, &[("COLUMNS", &width.to_string())], b"");
            assert_eq!(ran.code, Some(0), "{arguments:?}");
            for line in ran.stdout.lines() {
                assert!(line.chars().count() <= width, "{arguments:?} at {width}: {line}");
            }
        }
        // The words are the same at each width.
        let narrow = run(&arguments, &[("COLUMNS", "50")], b"");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let wide = run(&arguments, &[("COLUMNS", "100")], b"");
        assert_eq!(words(&narrow.stdout), words(&wide.stdout), "{arguments:?}");
    }
}
