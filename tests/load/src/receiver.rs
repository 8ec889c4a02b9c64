//! A receiving process and the processes that it replaces.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use qrhook_test_servers::free_address;

use crate::{Result, sender::SECRET};

/// The time that a receiver may take to start handling events. After that it counts as hung.
const PATIENCE: Duration = Duration::from_secs(300);

/// `qrhook listen`, with one output file for each start.
pub(crate) struct Receiver {
    command: PathBuf,
    folder: PathBuf,
    name: &'static str,
    store: String,
    address: SocketAddr,
    outputs: Vec<PathBuf>,
    child: Child,
}

impl Receiver {
    pub(crate) fn start(command: &Path, folder: &Path, name: &'static str, store: &str) -> Result<Self> {
        let address = free_address();
        let output = folder.join(format!("{name}-0.jsonl"));
        let child = spawn(command, address, store, &output)?;
        let (command, folder, store) = (command.to_owned(), folder.to_owned(), store.to_owned());
        Ok(Self { command, folder, name, store, address, outputs: vec![output], child })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The output file of the running process.
    pub(crate) fn output(&self) -> &Path {
        self.outputs.last().map_or(Path::new(""), PathBuf::as_path)
    }

    /// The number of events that the running process has handled.
    pub(crate) fn handled(&self) -> Result<usize> {
        Ok(fs::read(self.output())?.iter().filter(|byte| **byte == b'\n').count())
    }

    /// Waits until the running process has handled this many events.
    pub(crate) fn handles(&self, events: usize) -> Result<()> {
        let started = Instant::now();
        while self.handled()? < events {
            if started.elapsed() > PATIENCE {
                return Err("the receiver did not handle the events in time".into());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The output files; that of the running process is the last.
    pub(crate) fn outputs(&self) -> Vec<PathBuf> {
        self.outputs.clone()
    }

    pub(crate) fn kill_and_start_again(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        let output = self.folder.join(format!("{}-{}.jsonl", self.name, self.outputs.len()));
        self.child = spawn(&self.command, self.address, &self.store, &output)?;
        self.outputs.push(output);
        Ok(())
    }

    /// Shuts it down properly. Returns its output file.
    pub(crate) fn terminate(mut self) -> Result<PathBuf> {
        Command::new("sh").args(["-c", "kill $0", &self.child.id().to_string()]).status()?;
        let ended = self.child.wait()?;
        if !ended.success() {
            return Err(format!("the receiver failed: {ended}").into());
        }
        Ok(self.outputs.pop().ok_or("the receiver has no output file")?)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts one and waits until it listens. Errors at the start go to stderr; its log is off, because failures are expected.
fn spawn(command: &Path, address: SocketAddr, store: &str, output: &Path) -> Result<Child> {
    let mut child = Command::new(command)
        .args(["listen", "--sender", "qrstudio", "--addr", &address.to_string(), "--store", store])
        .env("QRSTUDIO_WEBHOOK_SECRET", SECRET)
        .env("QRHOOK_LOG", "off")
        .stdout(File::create(output)?)
        .stderr(Stdio::piped())
        .spawn()?;
    let mut said = BufReader::new(child.stderr.take().ok_or("stderr is not piped")?);
    let mut line = String::new();
    while !line.starts_with("listening") {
        line.clear();
        if said.read_line(&mut line)? == 0 {
            return Err("the receiver did not start".into());
        }
        if line.starts_with("error") {
            eprint!("{line}");
        }
    }
    // It may print more when it stops; nobody reads that, but the pipe must stay open.
    thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    Ok(child)
}
