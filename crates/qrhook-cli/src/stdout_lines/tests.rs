use std::sync::{Arc, Mutex};

use super::*;

/// Accepts this number of bytes, fails once, and then accepts everything.
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

/// A pipe that accepts one line, and then nothing until it is read.
struct Pipe {
    written: mpsc::Sender<Vec<u8>>,
    read: mpsc::Receiver<()>,
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

/// All lines wait in one batch, and the reader stalls after the second one.
#[tokio::test]
async fn a_line_in_a_pipe_is_acknowledged_though_the_next_one_blocks() {
    let ((written, in_pipe), (reader, read)) = (mpsc::channel(), mpsc::channel());
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

/// A file on a slow disk.
struct Disk {
    written: Arc<Mutex<Vec<u8>>>,
    syncs: mpsc::Sender<()>,
    done: mpsc::Receiver<io::Result<()>>,
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Output for Disk {
    fn can_sync(&self) -> bool {
        true
    }

    fn sync(&mut self) -> io::Result<()> {
        self.syncs.send(()).map_err(io::Error::other)?;
        self.done.recv().map_err(io::Error::other)?
    }
}

#[test]
fn lines_in_a_file_share_one_wait_for_the_disk_and_its_outcome() {
    let (queue, lines) = mpsc::channel();
    let send = |text: &str| {
        let (written, outcome) = oneshot::channel();
        queue.send(Line { text: text.to_owned(), written }).unwrap();
        outcome
    };
    let ((syncs, syncing), (finish, done)) = (mpsc::channel(), mpsc::channel());
    let written = Arc::new(Mutex::new(Vec::new()));
    let disk = Disk { written: Arc::clone(&written), syncs, done };
    let mut first = [send("one\n"), send("two\n")];
    let writer = std::thread::spawn(move || write_all(disk, false, &lines));
    syncing.recv().unwrap();
    assert_eq!(written.lock().unwrap().as_slice(), b"one\ntwo\n", "both were written before the first wait");
    assert!(first.iter_mut().all(|outcome| outcome.try_recv().is_err()), "neither is acknowledged before it is safe");
    finish.send(Ok(())).unwrap();
    for outcome in first {
        assert!(outcome.blocking_recv().unwrap().is_ok());
    }
    let third = send("three\n");
    finish.send(Err(io::ErrorKind::StorageFull.into())).unwrap();
    assert_eq!(third.blocking_recv().unwrap().unwrap_err().kind(), io::ErrorKind::StorageFull);
    drop((queue, finish));
    writer.join().unwrap();
}
