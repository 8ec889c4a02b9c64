//! Standard output, and whole writes to a stream that may block or be closed.

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
    time::Duration,
};

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

/// Writes all of it. After an error, `rest` is what was not written.
pub(crate) fn write_rest(output: &mut impl Write, rest: &mut &[u8]) -> io::Result<()> {
    while !rest.is_empty() {
        match output.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => *rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Whoever started the program may have made the pipe so.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(5)),
            Err(error) => return Err(error),
        }
    }
    output.flush()
}
