//! Standard output, and complete writes to a stream that may block or be closed.

use std::{
    io::{self, Write},
    path::Path,
    time::Duration,
};

/// An error of standard output.
#[derive(Debug)]
pub(crate) struct Unwritten(pub(crate) io::Error);

/// Writes to standard output, and flushes it.
///
/// A reader that has left, such as `head`, has seen enough: that is not an error, and the command goes on to its exit
/// code.
pub(crate) fn print(bytes: &[u8]) -> Result<(), Unwritten> {
    write_to(&mut io::stdout().lock(), bytes)
}

/// The same for text with colours, which are removed unless standard output should have them: by `NO_COLOR`, `CLICOLOR`,
/// `CLICOLOR_FORCE` and `TERM`, and if none of them decides, if it is a terminal.
pub(crate) fn print_coloured(text: &str) -> Result<(), Unwritten> {
    write_to(&mut anstream::stdout().lock(), text.as_bytes())
}

fn write_to(output: &mut impl Write, bytes: &[u8]) -> Result<(), Unwritten> {
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Unwritten(error)),
        _ => Ok(()),
    }
}

/// Whether output is discarded. If standard output was closed before the start, the standard library has opened
/// `/dev/null` in its place.
pub(crate) fn goes_nowhere() -> bool {
    std::fs::read_link("/proc/self/fd/1").is_ok_and(|target| target == Path::new("/dev/null"))
}

/// Writes everything. After an error, `rest` is the unwritten part.
pub(crate) fn write_rest(output: &mut impl Write, rest: &mut &[u8]) -> io::Result<()> {
    while !rest.is_empty() {
        match output.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => *rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // The parent process may have made the pipe non-blocking.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(5)),
            Err(error) => return Err(error),
        }
    }
    output.flush()
}
