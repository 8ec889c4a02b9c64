//! The receiver of the demo.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use qrhook::{Secrets, Store};
use tokio::{sync::oneshot, task::JoinHandle};

use super::{faults::Faults, recorder::Recorder};
use crate::{
    failure::{Failure, chain},
    hooks::Hooks,
    limits::Limits,
    platform::Platform,
    server::Server,
    store::StoreUrl,
};

/// A running receiver.
pub(super) struct Stage {
    address: SocketAddr,
    pub(super) store_fails: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), Failure>>,
}

/// The made-up secret of a sender, which never changes.
pub(super) const fn secret(platform: Platform) -> &'static str {
    match platform {
        Platform::QrStudio => "whsec_DEMOqrstudioNotARealSecret",
        Platform::CodeQr => "whsec_DEMOcodeqrNotARealSecret",
        Platform::QrPlanet => "DEMO-qrplanet-not-a-real-key",
    }
}

impl Stage {
    /// Starts on a free port, with the store in this folder.
    pub(super) async fn start(folder: &Path, recorder: &Recorder, limits: Limits) -> Result<Self, Failure> {
        let store_fails = Arc::new(AtomicBool::new(false));
        let store = StoreUrl::Sqlite(folder.join("qrhook.db")).open(limits).await?;
        let store: Arc<dyn Store> = Arc::new(Faults { store, switch: Arc::clone(&store_fails) });
        let server = Server::bind("127.0.0.1:0").await?;
        let address = server.address();
        let mut hooks = Hooks::new(limits);
        for platform in Platform::ALL {
            let secrets = Secrets::one(secret(platform)).map_err(|error| Failure::failed(chain(&error)))?;
            hooks = hooks.add(platform.sender(), secrets.into(), Arc::clone(&store), recorder.clone())?;
        }
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(server.run(hooks, async { drop(stopped.await) }));
        Ok(Self { address, store_fails, stop: Some(stop), running })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins the shutdown: running handlers finish, and nothing else begins.
    pub(super) fn begin_stop(&mut self) {
        self.stop = None;
    }

    /// Stops the receiver, and waits for its end.
    pub(super) async fn stop(&mut self) {
        self.begin_stop();
        drop((&mut self.running).await);
    }
}
