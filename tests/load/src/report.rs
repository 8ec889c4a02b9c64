//! The report: the counts and the values that they must have.

use std::{fmt, time::Duration};

use crate::{answers::Answers, lines::Lines};

/// The failures that hit deliveries in flight: a sender got no response, or a 503.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Troubles {
    pub(crate) kills: usize,
    pub(crate) restarts: usize,
    pub(crate) hangs: usize,
}

const TROUBLES: Troubles = Troubles { kills: 5, restarts: 1, hangs: 1 };

pub(crate) struct Report {
    troubles: Troubles,
    statuses: Vec<(String, usize)>,
    slowest: Duration,
    events: usize,
    acknowledged: usize,
    lost: usize,
    explained: usize,
    repeated: usize,
    strangers: usize,
}

impl Report {
    pub(crate) fn of(events: &[String], answers: &Answers, lines: &Lines, troubles: Troubles) -> Self {
        let mut report = Self {
            troubles,
            statuses: answers.statuses().iter().map(|(status, count)| (status.clone(), *count)).collect(),
            slowest: answers.slowest(),
            events: events.len(),
            acknowledged: 0,
            lost: 0,
            explained: 0,
            repeated: 0,
            strangers: lines.strangers(events),
        };
        for id in events {
            let handled = lines.of(id);
            let acknowledged = answers.is_acknowledged(id);
            report.acknowledged += usize::from(acknowledged);
            report.lost += usize::from(acknowledged && handled.times == 0);
            let again = handled.times.saturating_sub(1);
            let explained = again.min(handled.when_killed);
            report.explained += explained;
            report.repeated += again - explained;
        }
        report
    }

    pub(crate) fn holds(&self) -> bool {
        let Self { troubles, events, acknowledged, lost, repeated, strangers, .. } = self;
        *troubles == TROUBLES && acknowledged == events && [lost, repeated, strangers] == [&0; 3]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Troubles { kills, restarts, hangs } = self.troubles;
        writeln!(f, "{:<52}{kills:>8}  must be {}", "receiver killed with -9 under load", TROUBLES.kills)?;
        writeln!(f, "{:<52}{restarts:>8}  must be {}", "database server restarted under load", TROUBLES.restarts)?;
        writeln!(f, "{:<52}{hangs:>8}  must be {}", "database server hung under load", TROUBLES.hangs)?;
        for (status, count) in &self.statuses {
            writeln!(f, "{:<52}{count:>8}", format!("status {status}"))?;
        }
        writeln!(f, "{:<52}{:>7.2}s  senders wait 5 s", "slowest response", self.slowest.as_secs_f64())?;
        writeln!(f, "{:<52}{:>8}", "events", self.events)?;
        let all = self.events;
        writeln!(f, "{:<52}{:>8}  must be {all}", "acknowledged at the end", self.acknowledged)?;
        writeln!(f, "{:<52}{:>8}  must be 0", "acknowledged but not handled", self.lost)?;
        writeln!(f, "{:<52}{:>8}  must be 0", "handled twice without a reason", self.repeated)?;
        writeln!(f, "{:<52}{:>8}", "handled twice: killed between effect and commit", self.explained)?;
        writeln!(f, "{:<52}{:>8}  must be 0", "handled but never sent", self.strangers)?;
        f.write_str(if self.holds() { "\npassed" } else { "\nFAILED" })
    }
}
