//! What the senders were told.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    Result,
    sender::{Told, id},
};

/// The answers of all senders.
#[derive(Default)]
pub(crate) struct Answers {
    statuses: BTreeMap<String, usize>,
    acknowledged: BTreeSet<String>,
    /// By the process that certainly did it, which its file stands for.
    by: HashSet<(PathBuf, String)>,
    slowest: Duration,
}

impl Answers {
    /// Reads what `qrhook send` printed: `200 1.23 ms evt_1`, and a summary. Gives how many deliveries had no answer.
    pub(crate) fn read(&mut self, Told { printed, receiver }: &Told) -> Result<usize> {
        let mut failed = 0;
        for line in printed.lines().take_while(|line| !line.is_empty()) {
            let [status, millis, "ms", id] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                return Err(format!("this is no answer: {line}").into());
            };
            *self.statuses.entry(status.to_owned()).or_default() += 1;
            // A connection that is refused is no answer, however soon it is.
            if status == "failed" {
                failed += 1;
            } else {
                self.slowest = self.slowest.max(Duration::from_secs_f64(millis.parse::<f64>()? / 1000.0));
            }
            if status == "200" {
                self.acknowledged.insert(id.to_owned());
                // Behind a failure it may be the process that took its place.
                if failed == 0 {
                    self.by.insert((receiver.clone(), id.to_owned()));
                }
            }
        }
        Ok(failed)
    }

    pub(crate) fn count(&self) -> usize {
        self.statuses.values().sum()
    }

    /// How often a receiver said that it could not.
    pub(crate) fn refused(&self) -> usize {
        self.statuses.get("503").copied().unwrap_or_default()
    }

    pub(crate) fn statuses(&self) -> &BTreeMap<String, usize> {
        &self.statuses
    }

    pub(crate) fn slowest(&self) -> Duration {
        self.slowest
    }

    pub(crate) fn is_acknowledged(&self, id: &str) -> bool {
        self.acknowledged.contains(id)
    }

    pub(crate) fn is_acknowledged_by(&self, receiver: &Path, id: &str) -> bool {
        self.by.contains(&(receiver.to_owned(), id.to_owned()))
    }

    pub(crate) fn all_acknowledged(&self, seed: u16, count: u16) -> bool {
        (0..count).all(|number| self.is_acknowledged(&id(seed, number)))
    }
}
