//! The end of a server.

use std::{
    fmt,
    future::{Future, pending},
    io,
    pin::Pin,
    time::Duration,
};

use super::Signals;
use crate::{
    provider::Provider,
    receiver::{Drained, Receiver},
};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Drain = Box<dyn Fn(Duration) -> Boxed<Drained> + Send + Sync>;

/// The default of [`Ending::with_time`].
const TIME: Duration = Duration::from_secs(25);

/// The shutdown settings of a server: the trigger, the time limit, and the receivers to drain.
pub struct Ending {
    receivers: Receivers,
    shutdown: Option<Boxed<()>>,
    signals: bool,
    shared_listener: bool,
    time: Duration,
}

impl Ending {
    /// Creates a shutdown that starts on a signal, takes at most 25 s, and drains no receivers.
    pub fn new() -> Self {
        Self { receivers: Receivers(Vec::new()), shutdown: None, signals: true, shared_listener: false, time: TIME }
    }

    /// Drains this receiver, too.
    pub fn with_receiver<P: Provider>(mut self, receiver: &Receiver<P>) -> Self {
        let receiver = receiver.clone();
        self.receivers.0.push(Box::new(move |time| {
            let receiver = receiver.clone();
            Box::pin(async move { receiver.drain(time).await })
        }));
        self
    }

    /// Also starts the shutdown when this future completes.
    pub fn with_shutdown(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { shutdown: Some(Box::pin(shutdown)), ..self }
    }

    /// Does not catch signals, and leaves them to the program.
    pub fn without_signals(self) -> Self {
        Self { signals: false, ..self }
    }

    /// Leaves new connections to another process that shares the listener.
    pub fn with_shared_listener(self) -> Self {
        Self { shared_listener: true, ..self }
    }

    /// Sets the time limit for the shutdown. The default is 25 s.
    pub fn with_time(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    /// Starts to catch the signals.
    ///
    /// # Errors
    ///
    /// If the signals cannot be caught.
    pub fn start(self) -> io::Result<Started> {
        let signals = Signals::catch(self.signals)?;
        let shutdown = self.shutdown.unwrap_or_else(|| Box::pin(pending()));
        let Self { receivers, shared_listener, time, .. } = self;
        Ok(Started { signals, shutdown, receivers, shared_listener, time })
    }
}

impl Default for Ending {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ending").field("signals", &self.signals).field("time", &self.time).finish_non_exhaustive()
    }
}

/// An [`Ending`] that catches its signals.
#[non_exhaustive]
pub struct Started {
    /// The caught signals. The first one starts the shutdown, and the second one cuts it short.
    pub signals: Signals,
    /// A future that also starts the shutdown.
    pub shutdown: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// The receivers to drain.
    pub receivers: Receivers,
    /// Whether another process holds the listener as well.
    pub shared_listener: bool,
    /// The time limit for the shutdown.
    pub time: Duration,
}

impl fmt::Debug for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started").field("time", &self.time).finish_non_exhaustive()
    }
}

/// The receivers that a server drains.
pub struct Receivers(Vec<Drain>);

impl Receivers {
    /// Drains all receivers at once, within this time, and returns the sum of what is left.
    pub async fn drain(&self, time: Duration) -> Drained {
        let drains: Vec<_> = self.0.iter().map(|drain| tokio::spawn(drain(time))).collect();
        let mut all = Drained::default();
        for drain in drains {
            // A drain that panicked has ended, and the panic hook has reported it.
            if let Ok(drained) = drain.await {
                all.add(drained);
            }
        }
        all
    }
}

impl fmt::Debug for Receivers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receivers").field(&self.0.len()).finish()
    }
}
