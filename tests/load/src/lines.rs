//! The output of the receivers: one line for each event that they handled.

use std::{collections::HashMap, fs, path::PathBuf};

use serde::Deserialize;

use crate::{PARALLEL, Result, answers::Answers};

/// The most handlers that can have been running in a receiver when it was killed: those of two senders.
const RUNNING: usize = 2 * PARALLEL;

/// Counts of how often each event was handled.
#[derive(Default)]
pub(crate) struct Lines {
    events: HashMap<String, Handled>,
}

#[derive(Default, Clone, Copy)]
pub(crate) struct Handled {
    pub(crate) times: usize,
    /// The part of `times` that falls on receivers killed while they may have been handling the event and had not
    /// acknowledged it: after the effect and before the commit.
    pub(crate) when_killed: usize,
}

#[derive(Deserialize)]
struct Line {
    id: String,
}

impl Lines {
    /// Reads the lines of receivers that were killed and of those that shut down properly.
    pub(crate) fn read(killed: &[PathBuf], alive: &[PathBuf], answers: &Answers) -> Result<Self> {
        let mut lines = Self::default();
        for (files, was_killed) in [(killed, true), (alive, false)] {
            for file in files {
                let text = fs::read_to_string(file)?;
                // The last line of a process that was killed may be torn.
                let whole = text.rfind('\n').map_or("", |end| &text[..end]);
                let count = whole.lines().count();
                for (number, line) in whole.lines().enumerate() {
                    let Line { id } = serde_json::from_str(line)?;
                    let unsettled = was_killed && number + RUNNING >= count && !answers.is_acknowledged_by(file, &id);
                    let handled = lines.events.entry(id).or_default();
                    handled.times += 1;
                    handled.when_killed += usize::from(unsettled);
                }
            }
        }
        Ok(lines)
    }

    pub(crate) fn of(&self, id: &str) -> Handled {
        self.events.get(id).copied().unwrap_or_default()
    }

    pub(crate) fn strangers(&self, events: &[String]) -> usize {
        self.events.len() - events.iter().filter(|id| self.events.contains_key(*id)).count()
    }
}
