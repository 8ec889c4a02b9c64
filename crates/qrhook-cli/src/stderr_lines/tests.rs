use std::sync::mpsc;

use super::*;

/// A pipe that accepts one line for each read.
struct Pipe {
    reads: mpsc::Receiver<()>,
    read: mpsc::Sender<String>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.reads.recv().map_err(io::Error::other)?;
        self.read.send(String::from_utf8(bytes.to_vec()).unwrap()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Reader {
    reads: mpsc::Sender<()>,
    lines: mpsc::Receiver<String>,
}

impl Reader {
    fn line(&self) -> String {
        self.reads.send(()).unwrap();
        self.lines.recv_timeout(LONG).unwrap()
    }
}

fn pipe() -> (Lines, Reader) {
    let ((reads, waits), (read, lines)) = (mpsc::channel(), mpsc::channel());
    (Lines::on(Pipe { reads: waits, read }).unwrap(), Reader { reads, lines })
}

/// Anything that takes longer counts as hung.
const LONG: Duration = Duration::from_secs(60);

/// A line of such a length that this number of lines fills the queue.
const FULL: usize = 64;

fn line(number: usize) -> Vec<u8> {
    let mut line = format!("{number} ").into_bytes();
    line.resize(WAITING / FULL, b'.');
    line
}

fn number(line: &str) -> usize {
    line.split_once(' ').unwrap().0.parse().unwrap()
}

/// Waits until the writer has taken a line, so that the number of lines behind it is known.
fn until_it_writes(lines: &Lines) {
    while !lines.lock().writing {
        thread::yield_now();
    }
}

#[test]
fn what_a_stalled_reader_misses_is_counted_where_it_is_missing() {
    let (lines, reader) = pipe();
    lines.push(line(0));
    until_it_writes(&lines);
    for count in 1..FULL + 1 + 7 {
        lines.push(line(count));
    }
    // After a loss, room for one line is not enough: this is the eighth lost line.
    assert_eq!(number(&reader.line()), 0);
    assert_eq!(number(&reader.line()), 1);
    lines.push(line(1000));
    for expected in 2..=FULL {
        assert_eq!(number(&reader.line()), expected);
    }
    let report = reader.line();
    assert!(
        report.ends_with(" WARN qrhook: log lines were lost because nobody read them in time lines=8\n"),
        "{report}"
    );
    assert!(report.starts_with("20"), "its time: {report}");
    lines.push(line(2000));
    assert_eq!(number(&reader.line()), 2000, "and nothing is reported twice");
}

#[test]
fn the_count_stands_between_the_lines_that_came_through() {
    let (lines, reader) = pipe();
    lines.push(line(0));
    until_it_writes(&lines);
    for count in 1..FULL + 1 + 3 {
        lines.push(line(count));
    }
    for expected in 0..=FULL / 2 + 1 {
        assert_eq!(number(&reader.line()), expected);
    }
    // Half of the queue is free now.
    lines.push(line(1000));
    for expected in FULL / 2 + 2..=FULL {
        assert_eq!(number(&reader.line()), expected);
    }
    assert!(reader.line().ends_with(" lines=3\n"));
    assert_eq!(number(&reader.line()), 1000);
}

#[test]
fn a_flush_waits_for_a_reader_and_not_for_a_stalled_one() {
    let (lines, reader) = pipe();
    lines.push(line(1));
    lines.flush(Duration::ZERO);
    reader.reads.send(()).unwrap();
    lines.flush(LONG);
    assert_eq!(number(&reader.lines.try_recv().unwrap()), 1, "it was written when the flush ended");
}

#[test]
fn a_reader_that_is_gone_stops_nothing() {
    let (lines, reader) = pipe();
    drop(reader);
    for count in 0..3 * FULL {
        lines.push(line(count));
    }
    lines.flush(LONG);
    assert!(!lines.lock().has_lines());
}

#[test]
fn a_panic_waits_for_no_reader() {
    let (lines, reader) = pipe();
    let before = std::panic::take_hook();
    let panics = lines.clone();
    std::panic::set_hook(Box::new(move |panic| panics.panicked(panic)));
    let panicked = thread::Builder::new().name("a worker".to_owned()).spawn(|| panic!("the reason")).unwrap().join();
    std::panic::set_hook(before);
    assert!(panicked.is_err());
    let said = reader.line();
    assert!(said.starts_with("thread a worker: ") && said.contains("the reason"), "{said}");
}
