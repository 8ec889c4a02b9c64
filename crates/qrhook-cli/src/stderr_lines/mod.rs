//! Log lines and messages on standard error. One thread writes them. If the reader stalls, lines are lost, but nothing
//! else waits.

use std::{
    collections::VecDeque,
    fmt,
    io::{self, Write},
    panic::PanicHookInfo,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::{
    format::Writer,
    time::{FormatTime, SystemTime},
};

use crate::terminal::write_rest;

/// The number of bytes that can wait for the reader. Beyond it, lines are lost.
const WAITING: usize = 256 * 1024;

/// The time that the reader has, at the end of the program, to read the waiting lines.
const PATIENCE: Duration = Duration::from_secs(5);

static STDERR: OnceLock<Lines> = OnceLock::new();

/// Whether every line is a JSON object.
static JSON: AtomicBool = AtomicBool::new(false);

/// From here on, every line is a JSON object.
pub(crate) fn use_json() {
    JSON.store(true, Ordering::Relaxed);
}

/// Starts the thread that writes. From here on, panics are lines too.
pub(crate) fn start() -> io::Result<()> {
    let lines = Lines::on(io::stderr())?;
    // Fails only if it was already started.
    drop(STDERR.set(lines.clone()));
    std::panic::set_hook(Box::new(move |panic| lines.panicked(panic)));
    Ok(())
}

/// Writes one message to standard error.
pub(crate) fn note(line: fmt::Arguments<'_>) {
    Log.push(message("INFO", &line.to_string()));
}

/// Writes the message of a failure to standard error.
pub(crate) fn note_failure(line: fmt::Arguments<'_>) {
    Log.push(message("ERROR", &line.to_string()));
}

/// A line with this message only. Without JSON, the level does not show.
fn message(level: &str, message: &str) -> Vec<u8> {
    if !JSON.load(Ordering::Relaxed) {
        return format!("{message}\n").into_bytes();
    }
    object(level, message, None)
}

/// The same form of JSON as that of the log.
fn object(level: &str, message: &str, lines: Option<u64>) -> Vec<u8> {
    let mut object = serde_json::json!({ "timestamp": time(), "level": level, "message": message });
    if let Some(lines) = lines {
        object["lines"] = lines.into();
    }
    format!("{object}\n").into_bytes()
}

fn time() -> String {
    let mut time = String::new();
    // A line without its time is better than no line.
    let _ = SystemTime.format_time(&mut Writer::new(&mut time));
    time
}

/// Waits until everything is written, but only for a few seconds.
pub(crate) fn flush() {
    if let Some(lines) = STDERR.get() {
        lines.flush(PATIENCE);
    }
}

/// The writer of the log. Each write is one line.
pub(crate) struct Log;

impl Log {
    fn push(&self, line: Vec<u8>) {
        if let Some(lines) = STDERR.get() {
            lines.push(line);
        }
    }
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Waiting lines. Clones share them.
#[derive(Clone)]
struct Lines(Arc<Shared>);

struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    /// The total size of these lines.
    bytes: usize,
    /// The number of lines lost since the last of these.
    lost: u64,
    /// Whether a line is being written.
    writing: bool,
}

impl Lines {
    fn on(output: impl Write + Send + 'static) -> io::Result<Self> {
        let this = Self(Arc::new(Shared { waiting: Mutex::default(), changed: Condvar::new() }));
        let lines = this.clone();
        thread::Builder::new().name("stderr".to_owned()).spawn(move || lines.write_all(output))?;
        Ok(this)
    }

    fn push(&self, line: Vec<u8>) {
        self.lock().push(line);
        self.0.changed.notify_all();
    }

    fn panicked(&self, panic: &PanicHookInfo<'_>) {
        let thread = thread::current();
        let name = thread.name().unwrap_or("without a name");
        self.push(message("ERROR", &format!("thread {name}: {panic}")));
        if name == "main" {
            // The program ends with this thread.
            self.flush(PATIENCE);
        }
    }

    fn flush(&self, patience: Duration) {
        let pending = |waiting: &mut Waiting| waiting.writing || waiting.has_lines();
        // If the time is over, there is nothing else to try.
        drop(self.0.changed.wait_timeout_while(self.lock(), patience, pending));
    }

    fn write_all(&self, mut output: impl Write) {
        loop {
            let line = self.next();
            // If standard error is gone, the error cannot be reported.
            drop(write_rest(&mut output, &mut &*line));
            self.lock().writing = false;
            self.0.changed.notify_all();
        }
    }

    fn next(&self) -> Vec<u8> {
        let waiting = self.0.changed.wait_while(self.lock(), |waiting| !waiting.has_lines());
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        waiting.writing = true;
        waiting.pop()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn has_lines(&self) -> bool {
        !self.lines.is_empty() || self.lost > 0
    }

    fn push(&mut self, line: Vec<u8>) {
        // After a loss, wait until half of the queue is free: otherwise every second line would report one lost line.
        let most = if self.lost == 0 { WAITING } else { WAITING / 2 };
        if self.bytes >= most {
            self.lost = self.lost.saturating_add(1);
            return;
        }
        if self.lost > 0 {
            let report = self.report();
            self.add(report);
        }
        self.add(line);
    }

    fn add(&mut self, line: Vec<u8>) {
        self.bytes = self.bytes.saturating_add(line.len());
        self.lines.push_back(line);
    }

    /// The first line, or the report if there is none.
    fn pop(&mut self) -> Vec<u8> {
        let Some(line) = self.lines.pop_front() else { return self.report() };
        self.bytes = self.bytes.saturating_sub(line.len());
        line
    }

    /// A line that tells the reader how many lines are missing here.
    fn report(&mut self) -> Vec<u8> {
        const MESSAGE: &str = "log lines were lost because nobody read them in time";
        let lines = std::mem::take(&mut self.lost);
        if JSON.load(Ordering::Relaxed) {
            return object("WARN", MESSAGE, Some(lines));
        }
        format!("{}  WARN qrhook: {MESSAGE} lines={lines}\n", time()).into_bytes()
    }
}

#[cfg(test)]
mod tests;
