//! What is logged, and how.

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{failure::Failure, stderr_lines};

const VARIABLE: &str = "QRHOOK_LOG";

/// Logs from this level up, or what `QRHOOK_LOG` says, to standard error.
pub(crate) fn start(level: LevelFilter) -> Result<(), Failure> {
    let filter = match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => text.parse().map_err(|error| {
            Failure::usage(format!("the environment variable {VARIABLE} is not a log filter such as `info`: {error}"))
        })?,
        _ => Targets::new().with_default(level),
    };
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(|| stderr_lines::Log)
        .with_ansi(false)
        // They would go around the queue, to a standard error that may block.
        .log_internal_errors(false);
    // Fails only where a subscriber is installed already, which logs then.
    drop(tracing_subscriber::registry().with(filter).with(layer).try_init());
    Ok(())
}
