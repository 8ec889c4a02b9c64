//! The sums of all worlds.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use crate::event::Sender;

/// What happened in some worlds.
#[derive(Debug, Default)]
pub struct Tally {
    rows: BTreeMap<Sender, Row>,
    /// What must not happen, each with the history of its event.
    pub wrong: Vec<String>,
}

/// Counts by cause.
type Causes = BTreeMap<&'static str, usize>;

/// What happened to the events of one sender.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) events: usize,
    pub(crate) deliveries: usize,
    pub(crate) forged: usize,
    pub(crate) handled: usize,
    pub(crate) late: usize,
    pub(crate) latest: Duration,
    /// Events whose sender gave up, though every attempt was refused for a cause that was injected.
    pub(crate) given_up: usize,
    pub(crate) lost: usize,
    pub(crate) double: usize,
    /// Attempts that were refused, by cause.
    pub(crate) refused: Causes,
    /// Events that were handled twice in a documented case, by cause.
    pub(crate) doubled: Causes,
}

impl Tally {
    pub(crate) fn row(&mut self, sender: Sender) -> &mut Row {
        self.rows.entry(sender).or_default()
    }

    /// The number of requests.
    pub fn deliveries(&self) -> usize {
        self.rows.values().map(|row| row.deliveries).sum()
    }

    /// Adds the sums of other worlds.
    pub fn add(&mut self, other: Self) {
        for (sender, more) in other.rows {
            let row = self.row(sender);
            for (sum, more) in [
                (&mut row.events, more.events),
                (&mut row.deliveries, more.deliveries),
                (&mut row.forged, more.forged),
                (&mut row.handled, more.handled),
                (&mut row.late, more.late),
                (&mut row.given_up, more.given_up),
                (&mut row.lost, more.lost),
                (&mut row.double, more.double),
            ] {
                *sum += more;
            }
            row.latest = row.latest.max(more.latest);
            for (sums, more) in [(&mut row.refused, more.refused), (&mut row.doubled, more.doubled)] {
                for (cause, count) in more {
                    *sums.entry(cause).or_default() += count;
                }
            }
        }
        self.wrong.extend(other.wrong);
    }

    /// The causes of refused attempts and of documented double handling that occurred.
    pub fn causes(&self) -> Vec<&'static str> {
        let causes = self.rows.values().flat_map(|row| row.refused.keys().chain(row.doubled.keys()).copied());
        let mut causes: Vec<_> = causes.collect();
        causes.sort_unstable();
        causes.dedup();
        causes
    }
}

type Column = (&'static str, fn(&Row) -> String);

const COLUMNS: [Column; 10] = [
    ("events", |row| row.events.to_string()),
    ("deliveries", |row| row.deliveries.to_string()),
    ("forged", |row| row.forged.to_string()),
    ("handled", |row| row.handled.to_string()),
    ("late (after 10 s)", |row| row.late.to_string()),
    ("latest, hours", |row| format!("{:.1}", row.latest.as_secs_f64() / 3600.0)),
    ("given up by the sender, with causes", |row| row.given_up.to_string()),
    ("twice, documented", |row| row.doubled.values().sum::<usize>().to_string()),
    ("LOST", |row| row.lost.to_string()),
    ("TWICE", |row| row.double.to_string()),
];

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<40}", "")?;
        for sender in self.rows.keys() {
            write!(f, "{:>12}", sender.name())?;
        }
        writeln!(f)?;
        for (name, value) in COLUMNS {
            write!(f, "{name:<40}")?;
            for row in self.rows.values() {
                write!(f, "{:>12}", value(row))?;
            }
            writeln!(f)?;
        }
        self.write_causes(f, "refused", |row| &row.refused)?;
        self.write_causes(f, "twice", |row| &row.doubled)
    }
}

impl Tally {
    fn write_causes(&self, f: &mut fmt::Formatter<'_>, kind: &str, of: fn(&Row) -> &Causes) -> fmt::Result {
        let causes: BTreeSet<_> = self.rows.values().flat_map(|row| of(row).keys()).collect();
        for cause in causes {
            write!(f, "{:<40}", format!("{kind}: {cause}"))?;
            for row in self.rows.values() {
                write!(f, "{:>12}", of(row).get(cause).copied().unwrap_or_default())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
