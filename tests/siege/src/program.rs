//! A program under siege.

use std::{
    env, fs,
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::Instant,
};

use qrhook_test_servers::free_address;
use tempfile::TempDir;
use tokio::{net::TcpStream, time::sleep};

use crate::{PATIENCE, Result, platform::SECRET};

pub(crate) struct Program {
    name: &'static str,
    pub(crate) address: SocketAddr,
    child: Child,
    _folder: TempDir,
}

impl Program {
    pub(crate) const ALL: [&str; 3] = ["example-axum-layer", "example-actix-middleware", "qrhook"];

    /// Starts a program that cargo put next to this one.
    pub(crate) async fn start(name: &'static str) -> Result<Self> {
        let (folder, address) = (tempfile::tempdir()?, free_address());
        let mut command = Command::new(env::current_exe()?.with_file_name(name));
        if name == "qrhook" {
            command.args(["listen", "--addr", &address.to_string()]);
        }
        command.current_dir(folder.path()).env("ADDR", address.to_string());
        for variable in ["QRSTUDIO_WEBHOOK_SECRET", "CODEQR_WEBHOOK_SECRET"] {
            command.env(variable, SECRET);
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let started = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            if started.elapsed() > PATIENCE {
                return Err(format!("{name} did not start").into());
            }
            sleep(std::time::Duration::from_millis(20)).await;
        }
        Ok(Self { name, address, child, _folder: folder })
    }

    /// The path of the hook that is attacked. `qrhook listen` takes the largest bodies, those of CodeQR.
    pub(crate) fn path(&self) -> &'static str {
        if self.name == "qrhook" { "/codeqr" } else { "/qrstudio" }
    }

    /// Begins a new measurement of the peak.
    pub(crate) fn forget_peak(&self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// The most memory that it took since then, in MiB.
    pub(crate) fn peak(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1024)
    }

    /// Ends it with SIGTERM. It must end as if nothing had happened.
    pub(crate) async fn end(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let started = Instant::now();
        loop {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(format!("{} ended with {status}", self.name).into()),
                None if started.elapsed() > PATIENCE => return Err(format!("{} does not end", self.name).into()),
                None => sleep(std::time::Duration::from_millis(20)).await,
            }
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
