//! What happened, as a table.

use crate::{failure::Failure, terminal};

/// The table, which is printed as it grows.
#[derive(Debug)]
pub(super) struct Table {
    colour: bool,
    as_expected: usize,
    different: usize,
}

/// One line of it.
pub(super) struct Row<'a> {
    pub(super) group: &'static str,
    pub(super) sender: &'static str,
    pub(super) what: &'a str,
    pub(super) expected: &'a str,
    pub(super) got: &'a str,
    /// Expected and counted runs of the handler.
    pub(super) runs: (usize, usize),
    /// Whether the answer is what was expected.
    pub(super) fits: bool,
}

impl Table {
    pub(super) fn begin() -> Result<Self, Failure> {
        let table = Self { colour: terminal::wants_colour(), as_expected: 0, different: 0 };
        let heading = columns("", "group", "sender", "what was sent", "expected", "got", "runs of the handler");
        table.print("1", &heading)?;
        Ok(table)
    }

    pub(super) fn add(&mut self, row: Row<'_>) -> Result<(), Failure> {
        let (wanted, counted) = row.runs;
        let fits = row.fits && wanted == counted;
        let total = if fits { &mut self.as_expected } else { &mut self.different };
        *total = total.saturating_add(1);
        let runs = if wanted == counted { counted.to_string() } else { format!("{counted}, expected {wanted}") };
        let (mark, colour) = if fits { ("ok", "32") } else { ("DIFFERS", "31;1") };
        self.print(colour, &columns(mark, row.group, row.sender, row.what, row.expected, row.got, &runs))
    }

    pub(super) fn finish(&self) -> Result<(), Failure> {
        let Self { as_expected, different, .. } = self;
        let colour = if self.differs() { "31;1" } else { "32;1" };
        self.print("0", "")?;
        self.print(colour, &format!("{as_expected} as expected, {different} different"))
    }

    pub(super) fn differs(&self) -> bool {
        self.different > 0
    }

    fn print(&self, colour: &str, line: &str) -> Result<(), Failure> {
        let line = line.trim_end();
        let shown = if self.colour { format!("\x1b[{colour}m{line}\x1b[0m\n") } else { format!("{line}\n") };
        Ok(terminal::print(shown.as_bytes())?)
    }
}

fn columns(mark: &str, group: &str, sender: &str, what: &str, expected: &str, got: &str, runs: &str) -> String {
    format!("{mark:<8} {group:<9} {sender:<9} {what:<54} {expected:<11} {got:<15} {runs}")
}
