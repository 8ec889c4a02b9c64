//! The entry points of the product, each as a running server.

mod actix;
mod axum;
pub mod command;
mod hyper;
pub mod plain;
mod shelf;
pub mod world;

use std::{fmt, net::SocketAddr, sync::Arc};

use qrhook::{Provider, Receiver};

pub use self::world::World;
use crate::scenario::{Request, Scenario, for_sender};

/// A server that receives the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// The tower layer on plain hyper with HTTP/1.1.
    Hyper,
    /// axum with HTTP/1.1.
    Axum1,
    /// axum with HTTP/2 and prior knowledge.
    Axum2,
    /// actix-web with HTTP/1.1.
    Actix,
    /// `qrhook listen`.
    Command,
}

impl Host {
    /// The hosts that read HTTP/1.1 with hyper.
    pub const HYPER: [Self; 3] = [Self::Hyper, Self::Axum1, Self::Command];
}

/// The way in which the handler gets the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `Webhook`, with the layer or the middleware around its route.
    Layer,
    /// `Webhook`, with the middleware around the whole application.
    WholeApp,
    Claimed,
    Verified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surface {
    pub host: Host,
    pub way: Way,
}

impl Surface {
    pub const ALL: [Self; 12] = [
        Self { host: Host::Hyper, way: Way::Layer },
        Self { host: Host::Axum1, way: Way::Layer },
        Self { host: Host::Axum1, way: Way::Claimed },
        Self { host: Host::Axum1, way: Way::Verified },
        Self { host: Host::Axum2, way: Way::Layer },
        Self { host: Host::Axum2, way: Way::Claimed },
        Self { host: Host::Axum2, way: Way::Verified },
        Self { host: Host::Actix, way: Way::Layer },
        Self { host: Host::Actix, way: Way::WholeApp },
        Self { host: Host::Actix, way: Way::Claimed },
        Self { host: Host::Actix, way: Way::Verified },
        Self { host: Host::Command, way: Way::Layer },
    ];

    /// Whether it uses a store.
    pub fn claims(self) -> bool {
        self.way != Way::Verified
    }

    /// Whether its store, handler and limits are under the control of the suite.
    pub fn is_ours(self) -> bool {
        self.host != Host::Command
    }

    /// Starts a server for one scenario.
    pub async fn start(self, scenario: &Scenario) -> Server {
        let world = Arc::new(World::new(scenario));
        for_sender!(scenario.sender, P => self.serve::<P>(scenario, world).await)
    }

    async fn serve<P: Provider + Default>(self, scenario: &Scenario, world: Arc<World>) -> Server {
        let hook = |endpoint| {
            let builder = Receiver::<P>::builder(endpoint, world.secrets.clone(), Arc::clone(&world.store));
            Hook { receiver: scenario.setup.build(builder).build().unwrap(), world: Arc::clone(&world) }
        };
        let hooks = [hook(Request::ENDPOINT), hook(Request::OTHER_ENDPOINT)];
        let receiver = hooks[0].receiver.clone();
        let (address, stop) = match self.host {
            Host::Hyper => hyper::start(hooks).await,
            Host::Axum1 | Host::Axum2 => axum::start(self.way, hooks).await,
            Host::Actix => actix::start(self.way, hooks),
            Host::Command => tokio::task::block_in_place(|| command::start(scenario, &world)),
        };
        let drain = Box::new(move |timeout| {
            let receiver = receiver.clone();
            let drain: world::Drain = Box::pin(async move { receiver.drain(timeout).await });
            drain
        });
        let path = if self.is_ours() { None } else { Some(scenario.sender.name()) };
        Server { address, http2: self.host == Host::Axum2, path, world, drain, stop }
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}/{:?}", self.host, self.way)
    }
}

/// One hook and the behaviour of its handler.
struct Hook<P: Provider + Default> {
    receiver: Receiver<P>,
    world: Arc<World>,
}

impl<P: Provider + Default> Clone for Hook<P> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone(), world: Arc::clone(&self.world) }
    }
}

/// A running server. Dropping it stops the server.
pub struct Server {
    pub address: SocketAddr,
    pub http2: bool,
    pub world: Arc<World>,
    pub drain: Box<dyn Fn(std::time::Duration) -> world::Drain + Send + Sync>,
    /// The path of its only hook, if that differs from the scenario's.
    pub path: Option<&'static str>,
    stop: Stop,
}

impl Server {
    /// Stops it and returns its world, with the final counts.
    pub fn stop(self) -> Arc<World> {
        drop(self.stop);
        self.world
    }
}

/// Stops a server when it is dropped.
struct Stop(Option<Box<dyn FnOnce() + Send + Sync>>);

impl Stop {
    fn new(stop: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(stop)))
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        if let Some(stop) = self.0.take() {
            stop();
        }
    }
}

/// The header in which the suite's servers report the reason of a rejection; an outer layer adds it.
const REASON: &str = "x-reason";
