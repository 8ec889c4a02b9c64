//! Logs on standard error.

use std::{io, thread, time::Duration};

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    fmt::MakeWriter,
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::failure::Failure;

const VARIABLE: &str = "QRHOOK_LOG";

/// How many lines wait for a reader. Behind them, lines are lost rather than service.
const WAITING: usize = 4096;

/// Logs from this level up, or what `QRHOOK_LOG` says.
pub(crate) fn to_stderr(level: LevelFilter) -> Result<(), Failure> {
    start(level, io::stderr)
}

/// The same for a program that serves: a reader who stalls holds nothing up, but misses lines, and is told how many.
///
/// Keep the guard: it writes what waits when it is dropped, for a second at most.
pub(crate) fn to_stderr_or_lost(level: LevelFilter) -> Result<WorkerGuard, Failure> {
    let (writer, guard) = waiting(io::stderr());
    let lost = writer.error_counter();
    start(level, writer)?;
    let watch = thread::Builder::new().name("lost-lines".to_owned()).spawn(move || report(&lost));
    watch.map_err(|error| Failure::failed(format!("cannot start a thread: {error}")))?;
    Ok(guard)
}

fn waiting(output: impl io::Write + Send + 'static) -> (NonBlocking, WorkerGuard) {
    NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING).thread_name("logs").finish(output)
}

/// Tells a reader who is back how many lines it missed.
fn report(lost: &ErrorCounter) {
    let mut reported = 0;
    loop {
        thread::sleep(Duration::from_secs(1));
        let lines = lost.dropped_lines();
        if lines > reported {
            tracing::warn!(
                lines = lines.saturating_sub(reported),
                "log lines were lost, because nobody read them in time"
            );
            // Otherwise this line was lost as well.
            if lost.dropped_lines() == lines {
                reported = lines;
            }
        }
    }
}

fn start(level: LevelFilter, writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static) -> Result<(), Failure> {
    let filter = match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => text.parse().map_err(|error| {
            Failure::usage(format!("the environment variable {VARIABLE} holds no log filter such as `info`: {error}"))
        })?,
        _ => Targets::new().with_default(level),
    };
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false)
        // It would panic where standard error is closed.
        .log_internal_errors(false);
    // Fails only where a subscriber is installed already, which logs then.
    drop(tracing_subscriber::registry().with(filter).with(layer).try_init());
    Ok(())
}
