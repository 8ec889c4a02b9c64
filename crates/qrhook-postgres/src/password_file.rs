//! The password file, which the driver reads if neither the URL nor the environment has a password.

use std::{env, fs, path::PathBuf};

use crate::error::ConnectError;

/// Refuses a file with an invalid line, because the driver logs such a line together with the password in it.
pub(crate) fn check() -> Result<(), ConnectError> {
    let named = env::var_os("PGPASSFILE").map(PathBuf::from);
    let usual = env::home_dir().map(|home| home.join(".pgpass"));
    for file in [named, usual].into_iter().flatten() {
        // The driver ignores a file that it cannot open.
        let Ok(text) = fs::read(file) else { continue };
        if let Some(line) = unreadable_line(&String::from_utf8_lossy(&text)) {
            return Err(ConnectError::PasswordFile { line });
        }
    }
    Ok(())
}

/// Returns the number of the first line that is neither `HOST:PORT:DATABASE:USER:PASSWORD` nor empty nor a comment.
fn unreadable_line(text: &str) -> Option<usize> {
    let is_unreadable = |line: &str| !line.starts_with('#') && !line.trim_end().is_empty() && !has_five_fields(line);
    text.lines().position(is_unreadable).map(|before| before.saturating_add(1))
}

fn has_five_fields(line: &str) -> bool {
    let mut escaped = false;
    let separators = line.chars().filter(|character| {
        let separates = *character == ':' && !escaped;
        escaped = *character == '\\' && !escaped;
        separates
    });
    separators.count() >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_the_driver_would_log() {
        let cases = [
            ("", None),
            ("# a comment\n\n  \nhost:5432:db:user:pass-word\n", None),
            ("*:*:*:*:pass\\:word:more", None),
            ("host:5432:db:user", Some(1)),
            ("*:*:*:*:pass-word\r\nhost:5432:db:pass-word\r\n", Some(2)),
            ("host\\:5432:db:user:pass-word", Some(1)),
            ("host\\\\:5432:db:user:pass-word", None),
            ("pass-word", Some(1)),
        ];
        for (text, line) in cases {
            assert_eq!(unreadable_line(text), line, "{text:?}");
        }
    }
}
