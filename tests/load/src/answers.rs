//! What the senders were told.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{Result, sender::id};

/// The answers of all senders.
#[derive(Default)]
pub(crate) struct Answers {
    statuses: BTreeMap<String, usize>,
    acknowledged: BTreeSet<String>,
    slowest: Duration,
}

impl Answers {
    /// Reads what `qrhook send` printed: `200 1.23 ms evt_1`, and a summary.
    pub(crate) fn read(&mut self, printed: &str) -> Result<()> {
        for line in printed.lines().take_while(|line| !line.is_empty()) {
            let [status, millis, "ms", id] = line.split_whitespace().collect::<Vec<_>>()[..] else {
                return Err(format!("this is no answer: {line}").into());
            };
            *self.statuses.entry(status.to_owned()).or_default() += 1;
            // A connection that is refused is no answer, however soon it is.
            if status != "failed" {
                self.slowest = self.slowest.max(Duration::from_secs_f64(millis.parse::<f64>()? / 1000.0));
            }
            if status == "200" {
                self.acknowledged.insert(id.to_owned());
            }
        }
        Ok(())
    }

    pub(crate) fn count(&self) -> usize {
        self.statuses.values().sum()
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

    pub(crate) fn all_acknowledged(&self, seed: u16, count: u16) -> bool {
        (0..count).all(|number| self.is_acknowledged(&id(seed, number)))
    }
}
