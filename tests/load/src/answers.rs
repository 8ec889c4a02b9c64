//! The responses that the senders got.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    Result,
    sender::{Told, id},
};

/// The responses to all senders.
#[derive(Default)]
pub(crate) struct Answers {
    statuses: BTreeMap<String, usize>,
    acknowledged: BTreeSet<String>,
    /// With the process that certainly acknowledged it, identified by its output file.
    by: HashSet<(PathBuf, String)>,
    slowest: Duration,
}

impl Answers {
    /// Reads the output of `qrhook send`: lines like `200 1.23 ms evt_1`, then a summary. Returns the number of
    /// deliveries that got no response.
    pub(crate) fn read(&mut self, Told { printed, receiver }: &Told) -> Result<usize> {
        let mut failed = 0;
        for line in printed.lines().take_while(|line| !line.is_empty()) {
            let [status, millis, "ms", id] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                return Err(format!("unexpected output of the sender: {line}").into());
            };
            *self.statuses.entry(status.to_owned()).or_default() += 1;
            // A refused connection is not a response, however fast it was.
            if status == "failed" {
                failed += 1;
            } else {
                self.slowest = self.slowest.max(Duration::from_secs_f64(millis.parse::<f64>()? / 1000.0));
            }
            if status == "200" {
                self.acknowledged.insert(id.to_owned());
                // After a failure it may have been the process that replaced this one.
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

    /// The number of 503s.
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
