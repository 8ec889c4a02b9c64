//! The log: its level, and where its lines go.

use std::{
    collections::VecDeque,
    env::VarError,
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use clap::ValueEnum;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{failure::Failure, stderr_lines};

const VARIABLE: &str = "QRHOOK_LOG";

/// The form of the lines on standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object per line, for programs
    Json,
}

/// Logs to standard error, from this level up or as `QRHOOK_LOG` says.
pub(crate) fn start(level: LevelFilter) -> Result<(), Failure> {
    install(level, Format::Text, None)
}

/// The same in this form, which the other messages of the command take as well.
pub(crate) fn start_as(format: Format, level: LevelFilter) -> Result<(), Failure> {
    if format == Format::Json {
        stderr_lines::use_json();
    }
    install(level, format, None)
}

/// The same, and keeps the latest warnings and errors for the program itself.
pub(crate) fn start_and_keep(level: LevelFilter) -> Result<Kept, Failure> {
    let kept = Kept::default();
    install(level, Format::Text, Some(kept.clone()))?;
    Ok(kept)
}

fn install(level: LevelFilter, format: Format, kept: Option<Kept>) -> Result<(), Failure> {
    let filter = match std::env::var(VARIABLE) {
        Ok(text) if !text.trim().is_empty() => parse(&text).map_err(|problem| unusable(&problem))?,
        Err(VarError::NotUnicode(_)) => return Err(unusable("it is not UTF-8")),
        _ => Targets::new().with_default(level),
    };
    let stderr = tracing_subscriber::fmt::layer()
        .with_writer(|| stderr_lines::Log)
        .with_ansi(false)
        // They would bypass the queue, and standard error may block.
        .log_internal_errors(false);
    let stderr = match format {
        Format::Text => stderr.boxed(),
        // The fields next to the message, as log collectors expect them.
        Format::Json => stderr.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
    };
    let stderr = stderr.with_filter(filter);
    let kept = kept.map(|kept| {
        let layer = tracing_subscriber::fmt::layer().with_writer(move || kept.clone()).with_ansi(false);
        layer.without_time().with_target(false).log_internal_errors(false).with_filter(LevelFilter::WARN)
    });
    // Fails only if a subscriber is already installed, which logs then.
    drop(tracing_subscriber::registry().with(stderr).with(kept).try_init());
    Ok(())
}

/// The library takes a word that is not a level for the name of a module, so that `QRHOOK_LOG=wran` would silently turn
/// off all logs.
fn parse(text: &str) -> Result<Targets, String> {
    const LEVELS: &str = "error, warn, info, debug, trace and off";
    let directives: Vec<_> = text.split(',').map(str::trim).collect();
    for directive in &directives {
        let level = directive.rsplit_once('=').map_or(*directive, |(_, level)| level);
        // The library takes an empty level for `error`.
        if level.is_empty() || level.parse::<LevelFilter>().is_err() {
            return Err(format!("`{level}` is not a level; the levels are {LEVELS}"));
        }
    }
    // The library takes blanks for a part of the names.
    directives.join(",").parse().map_err(|error: tracing_subscriber::filter::ParseError| error.to_string())
}

fn unusable(problem: &str) -> Failure {
    Failure::usage(format!("the environment variable {VARIABLE} is not a log filter such as `info`: {problem}"))
}

/// The latest lines of the log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<VecDeque<String>>>);

impl Kept {
    const LINES: usize = 8;

    /// Returns the lines, and forgets them.
    pub(crate) fn take(&self) -> Vec<String> {
        self.lock().drain(..).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Kept {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut lines = self.lock();
        if lines.len() >= Self::LINES {
            lines.pop_front();
        }
        lines.push_back(String::from_utf8_lossy(line).trim().to_owned());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_filter_is_made_of_levels_and_modules() {
        let cases = [
            ("info", "other", LevelFilter::INFO),
            (" info ", "other", LevelFilter::INFO),
            ("OFF", "other", LevelFilter::OFF),
            ("3", "other", LevelFilter::INFO),
            ("info,qrhook=debug", "qrhook", LevelFilter::DEBUG),
            ("qrhook::receiver=trace, warn", "qrhook::receiver", LevelFilter::TRACE),
            ("qrhook::receiver=trace, warn", "other", LevelFilter::WARN),
        ];
        for (text, target, level) in cases {
            let filter = parse(text).unwrap();
            for (candidate, filtered) in [
                (Level::ERROR, LevelFilter::ERROR),
                (Level::WARN, LevelFilter::WARN),
                (Level::INFO, LevelFilter::INFO),
                (Level::DEBUG, LevelFilter::DEBUG),
                (Level::TRACE, LevelFilter::TRACE),
            ] {
                assert_eq!(filter.would_enable(target, &candidate), filtered <= level, "{text} {target} {candidate}");
            }
        }
        let cases = [
            ("wran", "`wran` is not a level"),
            ("info,qrhook", "`qrhook` is not a level"),
            ("qrhook=loud", "`loud` is not a level"),
            ("info,", "`` is not a level"),
        ];
        for (text, expected) in cases {
            let problem = parse(text).unwrap_err();
            assert!(problem.starts_with(expected), "{text}: {problem}");
        }
    }
}
