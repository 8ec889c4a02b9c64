//! Writing to the standard streams without a panic when nobody reads them.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
    path::Path,
};

use crate::failure::Failure;

/// One line on standard error. If that is gone, nobody is left to be told.
pub(crate) fn note(line: fmt::Arguments<'_>) {
    drop(writeln!(io::stderr().lock(), "{line}"));
}

/// Bytes on standard output, flushed.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    let printed = output.write_all(bytes).and_then(|()| output.flush());
    printed.map_err(|error| Failure::failed(format!("cannot write to standard output: {error}")))
}

/// Whether standard output is looked at by somebody who wants colours (<https://no-color.org>).
pub(crate) fn wants_colour() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether what is printed is thrown away. A standard output that was closed before the start is `/dev/null` too: the
/// standard library opens that in its place.
pub(crate) fn goes_nowhere() -> bool {
    std::fs::read_link("/proc/self/fd/1").is_ok_and(|target| target == Path::new("/dev/null"))
}
