//! What happens when nobody reads the output.

use std::process::Stdio;

use crate::support::{SECRETS, command};

#[test]
fn a_closed_pipe_is_a_failure_and_no_panic() {
    for arguments in [&["sign", "codeqr"][..], &["demo"]] {
        let mut command = command(arguments, &SECRETS);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        // Now the body ends, and there is something to print.
        drop(child.stdin.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("error: cannot write to standard output"), "{stderr}");
    }
}
