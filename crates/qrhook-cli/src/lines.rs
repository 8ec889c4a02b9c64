//! Lines on standard output, each written whole, by one thread that may block without anybody else noticing.

use std::{
    fs::File,
    io::{self, Write},
    sync::mpsc,
    time::Duration,
};

use tokio::sync::oneshot;

/// Where lines are written. Clones write to the same place.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    queue: mpsc::Sender<Line>,
}

#[derive(Debug)]
struct Line {
    text: String,
    written: oneshot::Sender<io::Result<()>>,
}

impl Lines {
    /// Lines on standard output.
    pub(crate) fn on_stdout() -> io::Result<Self> {
        Self::on(stdout()?)
    }

    fn on(output: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, lines) = mpsc::channel();
        std::thread::Builder::new().name("lines".to_owned()).spawn(move || write_all(output, &lines))?;
        Ok(Self { queue })
    }

    /// Writes a line and its line break. `Ok` means that the system has all of it.
    ///
    /// A line whose future is dropped before its turn comes is not written.
    pub(crate) async fn write(&self, mut text: String) -> io::Result<()> {
        text.push('\n');
        let (written, outcome) = oneshot::channel();
        let gone = || io::Error::other("the writer is gone");
        self.queue.send(Line { text, written }).map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }
}

/// Not the library's own handle: that one keeps what could not be written, and writes it later, after the event was
/// given back.
#[cfg(unix)]
fn stdout() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}

fn write_all(mut output: impl Write, lines: &mpsc::Receiver<Line>) {
    let mut broken = false;
    for Line { mut text, written } in lines {
        if written.is_closed() {
            continue;
        }
        if broken {
            // The line before broke off in the middle; this one must not be attached to it.
            text.insert(0, '\n');
        }
        let mut rest = text.as_bytes();
        let outcome = write_rest(&mut output, &mut rest);
        broken = match &outcome {
            Ok(()) => false,
            Err(_) => broken || rest.len() < text.len(),
        };
        // Nobody waits for it any more if the handler was stopped meanwhile.
        drop(written.send(outcome));
    }
}

fn write_rest(output: &mut impl Write, rest: &mut &[u8]) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Takes so many bytes, fails once, and then takes everything.
    struct Full {
        room: usize,
        failed: bool,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.room == 0 && !self.failed {
                self.failed = true;
                return Err(io::ErrorKind::StorageFull.into());
            }
            let room = if self.failed { bytes.len() } else { self.room.min(bytes.len()) };
            self.room = self.room.saturating_sub(room);
            self.taken.lock().unwrap().extend_from_slice(bytes.get(..room).unwrap());
            Ok(room)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_line_that_broke_off_spoils_no_other() {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let lines = Lines::on(Full { room: 6, failed: false, taken: Arc::clone(&taken) }).unwrap();
        assert!(lines.write("one".to_owned()).await.is_ok());
        let error = lines.write("two".to_owned()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(lines.write("three".to_owned()).await.is_ok());
        assert_eq!(String::from_utf8(taken.lock().unwrap().clone()).unwrap(), "one\ntw\nthree\n");
    }

    #[tokio::test]
    async fn a_line_that_nobody_waits_for_is_not_written() {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let lines = Lines::on(Full { room: 0, failed: true, taken: Arc::clone(&taken) }).unwrap();
        let (written, outcome) = oneshot::channel();
        drop(outcome);
        lines.queue.send(Line { text: "gone\n".to_owned(), written }).unwrap();
        assert!(lines.write("here".to_owned()).await.is_ok());
        assert_eq!(taken.lock().unwrap().as_slice(), b"here\n");
    }
}
