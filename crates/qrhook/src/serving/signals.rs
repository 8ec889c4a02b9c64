//! The signals that end a program.

use std::io;

/// A stream of SIGTERM and Ctrl-C signals. If signals are turned off, it never yields one.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    caught: Option<[tokio::signal::unix::Signal; 2]>,
    #[cfg(not(unix))]
    caught: bool,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn catch(wanted: bool) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let caught =
            if wanted { Some([signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?]) } else { None };
        Ok(Self { caught })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        match &mut self.caught {
            Some([terminate, interrupt]) => tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            },
            None => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same signature everywhere")]
    pub(super) fn catch(wanted: bool) -> io::Result<Self> {
        Ok(Self { caught: wanted })
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        if !self.caught || tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
