//! Time limits that differ from the defaults of a receiver.

use std::time::Duration;

use qrhook::receiver::ReceiverBuilder;

use crate::sender::Sender;

/// Time limits for the demo and for tests, whose results must not depend on the speed of the machine. They are not in
/// the help.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Limits {
    /// Wait this many seconds for everything
    #[arg(long, value_name = "SECONDS", hide = true, value_parser = seconds)]
    patience: Option<Duration>,
    /// A separate limit for bodies.
    #[arg(skip)]
    body_time: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_secs).map_err(|_| "it must be a number of seconds".to_owned())
}

impl Limits {
    /// Anything that takes longer counts as hung.
    pub(crate) const PATIENT: Self = Self { patience: Some(Duration::from_secs(120)), body_time: None };

    /// The same limits, except that a body must arrive in this time.
    pub(crate) fn with_body_time(self, time: Duration) -> Self {
        Self { body_time: Some(time), ..self }
    }

    /// The time to wait for everything, if it is not the default.
    pub(crate) fn patience(self) -> Option<Duration> {
        self.patience
    }

    /// Applies the limits to a receiver.
    pub(crate) fn apply(self, receiver: ReceiverBuilder<Sender>) -> ReceiverBuilder<Sender> {
        let Some(patience) = self.patience else { return receiver };
        receiver
            .with_body_time(self.body_time.unwrap_or(patience))
            .with_store_time(patience)
            .with_handler_limit(patience)
            .with_deadline(patience.saturating_mul(2))
            .with_lease(patience.saturating_mul(4))
    }
}
