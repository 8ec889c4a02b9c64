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
        let output = stdout()?;
        let torn = ends_in_a_torn_line(&output);
        Self::on(output, torn)
    }

    fn on(output: impl Output + Send + 'static, torn: bool) -> io::Result<Self> {
        let (queue, lines) = mpsc::channel();
        std::thread::Builder::new().name("lines".to_owned()).spawn(move || write_all(output, torn, &lines))?;
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

/// Where lines go.
trait Output: Write {
    /// Whether what is written can be kept from a power cut.
    fn can_sync(&self) -> bool;

    /// Waits until what was written survives a power cut. An event whose id is remembered so must not lose its line.
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

/// Whether a file was left in the middle of a line, by a disk that was full or a program that was killed. Only Linux
/// lets a file be read that was opened for writing.
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

/// How many lines share a wait for the disk.
const BATCH: usize = 256;

/// A line in a pipe has its reader, and is acknowledged before the next one is written, which may block for as long as the
/// reader likes. Lines in a file share a wait for the disk.
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
                // The line before broke off in the middle; this one must not be attached to it.
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
                    // Nobody waits for it any more if the handler was stopped meanwhile.
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

    impl Output for Full {
        fn can_sync(&self) -> bool {
            true
        }

        fn sync(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_line_that_broke_off_spoils_no_other() {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let lines = Lines::on(Full { room: 6, failed: false, taken: Arc::clone(&taken) }, false).unwrap();
        assert!(lines.write("one".to_owned()).await.is_ok());
        let error = lines.write("two".to_owned()).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert!(lines.write("three".to_owned()).await.is_ok());
        assert_eq!(String::from_utf8(taken.lock().unwrap().clone()).unwrap(), "one\ntw\nthree\n");
    }

    #[tokio::test]
    async fn a_line_that_another_run_left_torn_spoils_none() {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let lines = Lines::on(Full { room: 0, failed: true, taken: Arc::clone(&taken) }, true).unwrap();
        assert!(lines.write("one".to_owned()).await.is_ok());
        assert!(lines.write("two".to_owned()).await.is_ok());
        assert_eq!(taken.lock().unwrap().as_slice(), b"\none\ntwo\n");
    }

    #[tokio::test]
    async fn a_line_that_nobody_waits_for_is_not_written() {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let lines = Lines::on(Full { room: 0, failed: true, taken: Arc::clone(&taken) }, false).unwrap();
        let (written, outcome) = oneshot::channel();
        drop(outcome);
        lines.queue.send(Line { text: "gone\n".to_owned(), written }).unwrap();
        assert!(lines.write("here".to_owned()).await.is_ok());
        assert_eq!(taken.lock().unwrap().as_slice(), b"here\n");
    }

    /// A pipe that takes a line and then nothing more until it is read.
    struct Pipe {
        written: std::sync::mpsc::Sender<Vec<u8>>,
        read: std::sync::mpsc::Receiver<()>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.read.recv().map_err(io::Error::other)?;
            self.written.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Output for Pipe {
        fn can_sync(&self) -> bool {
            false
        }

        fn sync(&mut self) -> io::Result<()> {
            panic!("there is no disk under a pipe")
        }
    }

    /// All of them wait in one batch, and the reader stalls after the second.
    #[tokio::test]
    async fn a_line_in_a_pipe_is_acknowledged_though_the_next_one_blocks() {
        let ((written, in_pipe), (reader, read)) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
        let (queue, lines) = mpsc::channel();
        let mut waiting = Vec::new();
        for text in ["one\n", "two\n", "three\n"] {
            let (written, outcome) = oneshot::channel();
            queue.send(Line { text: text.to_owned(), written }).unwrap();
            waiting.push(outcome);
        }
        let writer = std::thread::spawn(move || write_all(Pipe { written, read }, false, &lines));
        let mut waiting = waiting.into_iter();
        for expected in ["one\n", "two\n"] {
            reader.send(()).unwrap();
            assert!(waiting.next().unwrap().await.unwrap().is_ok(), "{expected}");
            assert_eq!(in_pipe.recv().unwrap(), expected.as_bytes());
        }
        drop((reader, queue));
        assert!(waiting.next().unwrap().await.unwrap().is_err(), "the third one never got into the pipe");
        writer.join().unwrap();
    }
}
