//! Writing to the standard streams without a panic when nobody reads them.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long a line on standard error is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// One line on standard error. If that is gone, nobody is left to be told; and a reader that stalls must not keep the
/// program from going on or from ending.
pub(crate) fn note(line: fmt::Arguments<'_>) {
    let line = format!("{line}\n");
    let (done, written) = mpsc::channel();
    let writing = thread::Builder::new().spawn(move || {
        drop(io::stderr().lock().write_all(line.as_bytes()));
        let _ = done.send(());
    });
    if writing.is_ok() {
        let _ = written.recv_timeout(PATIENCE);
    }
}

/// Standard output could not be written.
#[derive(Debug)]
pub(crate) struct Unwritten(pub(crate) io::Error);

/// Bytes on standard output, flushed.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Unwritten> {
    let mut output = io::stdout().lock();
    output.write_all(bytes).and_then(|()| output.flush()).map_err(Unwritten)
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
