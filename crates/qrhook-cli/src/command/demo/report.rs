//! The demo's output: lines of at most 80 characters.

use crate::{failure::Failure, terminal};

/// What was expected and what happened, printed as it happens.
#[derive(Debug)]
pub(super) struct Report {
    /// Whether every row is printed, or only those that differ.
    all: bool,
    group: Group,
    /// The counts of the current group, and of the groups before it.
    current: Counts,
    before: Counts,
}

/// Rows that belong together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
}

/// One request.
pub(super) struct Row<'a> {
    pub(super) platform: &'static str,
    pub(super) what: &'a str,
    pub(super) expected: &'a str,
    pub(super) got: &'a str,
    /// Expected and counted runs of the handler.
    pub(super) runs: (usize, usize),
    /// Whether the response is the expected one.
    pub(super) fits: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    as_expected: usize,
    different: usize,
}

const PLAIN: &str = "0";
const HEADING: &str = "1";
const GOOD: &str = "32";
const BAD: &str = "31;1";

const WIDTH: usize = 80;

impl Report {
    pub(super) fn new(all: bool) -> Self {
        Self { all, group: Group { name: "", about: "" }, current: Counts::default(), before: Counts::default() }
    }

    /// Begins a group; the one before it has ended.
    pub(super) fn begin(&mut self, group: Group) -> Result<(), Failure> {
        self.end()?;
        self.group = group;
        if self.all {
            self.line("")?;
            self.print(HEADING, &format!("{}: {}", group.name, group.about))?;
            self.print(HEADING, &columns("", "sender", "what was sent", "response", "runs"))?;
        }
        Ok(())
    }

    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), Failure> {
        let (wanted, counted) = row.runs;
        let fits = row.fits && wanted == counted;
        let count = if fits { &mut self.current.as_expected } else { &mut self.current.different };
        *count = count.saturating_add(1);
        if fits && !self.all {
            return Ok(());
        }
        let (mark, colour) = if fits { ("ok", GOOD) } else { ("!!", BAD) };
        self.print(colour, &columns(mark, row.platform, row.what, row.got, &counted.to_string()))?;
        if !fits {
            let expected =
                columns("", "", "  DIFFERS: the line above should have been", row.expected, &wanted.to_string());
            self.print(BAD, &expected)?;
        }
        Ok(())
    }

    /// A line of text, however its requests ended.
    pub(super) fn line(&self, text: &str) -> Result<(), Failure> {
        self.print(PLAIN, text)
    }

    /// Words in lines that are indented.
    pub(super) fn paragraph(&self, indentation: usize, text: &str) -> Result<(), Failure> {
        let mut line = " ".repeat(indentation);
        for word in text.split_whitespace() {
            let is_empty = line.len() == indentation;
            if !is_empty && line.len().saturating_add(word.len()) >= WIDTH {
                self.line(&line)?;
                line.truncate(indentation);
            } else if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(&line)
    }

    pub(super) fn finish(&mut self) -> Result<(), Failure> {
        self.end()?;
        let Counts { as_expected, different } = self.before;
        if self.all {
            self.line("")?;
        } else {
            self.line("See every request: qrhook demo --all. Try it yourself: qrhook demo --stay")?;
        }
        let colour = if self.differs() { BAD } else { GOOD };
        self.print(colour, &format!("{as_expected} as expected, {different} different"))
    }

    pub(super) fn differs(&self) -> bool {
        self.current.different > 0 || self.before.different > 0
    }

    fn end(&mut self) -> Result<(), Failure> {
        let Counts { as_expected, different } = std::mem::take(&mut self.current);
        let total = as_expected.saturating_add(different);
        self.before.as_expected = self.before.as_expected.saturating_add(as_expected);
        self.before.different = self.before.different.saturating_add(different);
        if self.all || total == 0 {
            return Ok(());
        }
        let colour = if different > 0 { BAD } else { GOOD };
        let Group { name, about } = self.group;
        self.print(colour, &format!("  {name:<10}{as_expected:>3} of {total:<4}{about}"))
    }

    fn print(&self, colour: &str, line: &str) -> Result<(), Failure> {
        let line = line.trim_end();
        Ok(terminal::print_coloured(&match colour {
            PLAIN => format!("{line}\n"),
            colour => format!("\x1b[{colour}m{line}\x1b[0m\n"),
        })?)
    }
}

fn columns(mark: &str, platform: &str, what: &str, response: &str, runs: &str) -> String {
    format!("{mark:<4}{platform:<10}{what:<45} {response:<15} {runs}")
}
