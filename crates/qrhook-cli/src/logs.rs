//! Logs on standard error.

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::failure::Failure;

const VARIABLE: &str = "QRHOOK_LOG";

/// Logs from this level up, or what `QRHOOK_LOG` says.
pub(crate) fn to_stderr(level: LevelFilter) -> Result<(), Failure> {
    let filter = match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => text.parse().map_err(|error| {
            Failure::usage(format!("the environment variable {VARIABLE} holds no log filter such as `info`: {error}"))
        })?,
        _ => Targets::new().with_default(level),
    };
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        // It would panic where standard error is closed.
        .log_internal_errors(false);
    // Fails only where a subscriber is installed already, which logs then.
    drop(tracing_subscriber::registry().with(filter).with(layer).try_init());
    Ok(())
}
