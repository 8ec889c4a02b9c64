//! Event lines on standard output. One thread writes them, each line complete. If it blocks, only these events wait.

use std::{
    fs::File,
    io::{self, Write},
    sync::mpsc,
};

use tokio::sync::oneshot;

use crate::terminal::write_rest;

/// The writer of the lines. Clones write to the same output.
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
        let output = stdout()?;
        let torn = ends_in_a_torn_line(&output);
        Self::on(output, torn)
    }

    fn on(output: impl Output + Send + 'static, torn: bool) -> io::Result<Self> {
        let (queue, lines) = mpsc::channel();
        std::thread::Builder::new().name("lines".to_owned()).spawn(move || write_all(output, torn, &lines))?;
        Ok(Self { queue })
    }

    /// Writes a line and its line break. `Ok` means that the operating system has all of it.
    ///
    /// If the future is dropped before its turn, the line is not written.
    pub(crate) async fn write(&self, mut text: String) -> io::Result<()> {
        text.push('\n');
        let (written, outcome) = oneshot::channel();
        let gone = || io::Error::other("the writer is gone");
        self.queue.send(Line { text, written }).map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }
}

/// Not the handle of the standard library: it keeps unwritten bytes, and would write them later, after the event was
/// released.
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

/// The target of the lines.
trait Output: Write {
    /// Whether written lines can be made to survive a power cut.
    fn can_sync(&self) -> bool;

    /// Waits until the written lines survive a power cut: an event whose id survives must not lose its line.
    fn sync(&mut self) -> io::Result<()>;
}

impl Output for File {
    fn can_sync(&self) -> bool {
        self.metadata().is_ok_and(|about| about.is_file())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Whether the file ends in the middle of a line, because a disk was full or a program was killed. Only Linux can read
/// a file that was opened for writing.
fn ends_in_a_torn_line(output: &File) -> bool {
    use std::io::{Read, Seek, SeekFrom};
    let is_file = output.metadata().is_ok_and(|about| about.is_file() && about.len() > 0);
    let last = || {
        let mut file = File::open("/proc/self/fd/1")?;
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        io::Result::Ok(last)
    };
    is_file && last().is_ok_and(|last| last != *b"\n")
}

/// The number of lines that share a wait for the disk.
const BATCH: usize = 256;

/// In a pipe, a complete line belongs to its reader. It is acknowledged before the next line is written: if that write
/// blocks, fails or is cut off, the first line must not be printed again. In a file, lines share one wait for the disk.
fn write_all(mut output: impl Output, torn: bool, lines: &mpsc::Receiver<Line>) {
    let mut broken = torn;
    while let Ok(first) = lines.recv() {
        let syncs = output.can_sync();
        let mut written = Vec::new();
        for Line { mut text, written: waiter } in std::iter::once(first).chain(lines.try_iter().take(BATCH)) {
            if waiter.is_closed() {
                continue;
            }
            if broken {
                // The last line is incomplete, and this one must not be appended to it.
                text.insert(0, '\n');
            }
            let mut rest = text.as_bytes();
            match write_rest(&mut output, &mut rest) {
                Ok(()) => {
                    broken = false;
                    if syncs {
                        written.push(waiter);
                    } else {
                        drop(waiter.send(Ok(())));
                    }
                }
                Err(error) => {
                    broken |= rest.len() < text.len();
                    // If the handler was stopped in the meantime, nobody waits for the result.
                    drop(waiter.send(Err(error)));
                }
            }
        }
        if written.is_empty() {
            continue;
        }
        let synced = output.sync();
        for waiter in written {
            let outcome = synced.as_ref().map(drop).map_err(|error| io::Error::new(error.kind(), error.to_string()));
            drop(waiter.send(outcome));
        }
    }
}

#[cfg(test)]
mod tests;
