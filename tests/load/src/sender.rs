//! A sending process.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{PARALLEL, Result, receiver::Receiver};

pub(crate) const SECRET: &str = "whsec_load";

/// `qrhook send`, with its output in a file.
pub(crate) struct Sender {
    child: Child,
    answers: PathBuf,
    /// The output file of the receiving process.
    receiver: PathBuf,
}

/// The output of a sender.
pub(crate) struct Told {
    pub(crate) printed: String,
    pub(crate) receiver: PathBuf,
}

impl Sender {
    /// Sends the first events of a seed.
    pub(crate) fn start(command: &Path, folder: &Path, to: &Receiver, seed: u16, count: u16) -> Result<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let answers = folder.join(format!("answers-{}", NUMBER.fetch_add(1, Ordering::Relaxed)));
        let child = Command::new(command)
            .args(["send", "qrstudio", "scan.created", &format!("http://{}/qrstudio", to.address())])
            .args(["--seed", &seed.to_string(), "--count", &count.to_string(), "--parallel", &PARALLEL.to_string()])
            .env("QRSTUDIO_WEBHOOK_SECRET", SECRET)
            .stdout(File::create(&answers)?)
            // It reports every refused connection there.
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { child, answers, receiver: to.output().to_owned() })
    }

    /// Waits for its end and returns its output. Refused deliveries are not an error.
    pub(crate) fn finish(mut self) -> Result<Told> {
        let ended = self.child.wait()?;
        let (printed, receiver) = (fs::read_to_string(&self.answers)?, self.receiver.clone());
        match ended.code() {
            Some(0 | 1) => Ok(Told { printed, receiver }),
            _ => Err(format!("the sender failed: {ended}").into()),
        }
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The id that `qrhook send` gives to the event with this number from this seed.
pub(crate) fn id(seed: u16, number: u16) -> String {
    format!("evt_{:016x}{number:08x}", u64::from(seed) << 40)
}
