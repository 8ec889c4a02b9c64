//! How long a receiver waits, where that is not as it comes.

use std::time::Duration;

use qrhook::{Provider, receiver::ReceiverBuilder};

/// Other limits of time than a receiver's own. For the demo and for tests, whose verdicts must not depend on the speed of
/// the machine; no help mentions it.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Limits {
    /// Waits for everything this many seconds
    #[arg(long, value_name = "SECONDS", hide = true, value_parser = seconds)]
    patience: Option<Duration>,
    /// A body gets other time than the rest.
    #[arg(skip)]
    body_time: Option<Duration>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_secs).map_err(|_| "it is a number of seconds".to_owned())
}

impl Limits {
    /// What takes longer hangs.
    pub(crate) const PATIENT: Self = Self { patience: Some(Duration::from_secs(120)), body_time: None };

    /// The same, but a body has to come in this time.
    pub(crate) fn with_body_time(self, time: Duration) -> Self {
        Self { body_time: Some(time), ..self }
    }

    /// How long to wait for something, if not as long as usual.
    pub(crate) fn patience(self) -> Option<Duration> {
        self.patience
    }

    /// Gives a receiver these limits.
    pub(crate) fn apply<P: Provider>(self, receiver: ReceiverBuilder<P>) -> ReceiverBuilder<P> {
        let Some(patience) = self.patience else { return receiver };
        receiver
            .with_body_time(self.body_time.unwrap_or(patience))
            .with_store_time(patience)
            .with_handler_limit(patience)
            .with_deadline(patience.saturating_mul(2))
            .with_lease(patience.saturating_mul(4))
    }
}
