//! Reading a TOML file by hand, so that every error names its line and none repeats a value, which may be a secret.

use std::{fmt, ops::Range, path::Path};

use qrhook::UnixTime;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use zeroize::Zeroizing;

use crate::{failure::Failure, parse::unix_time};

/// The largest file, in bytes. It has room for 100,000 secrets with their labels.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The text of a file. It is zeroed on drop.
pub(crate) type Text = Zeroizing<String>;

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Text, Failure> {
    let cannot = |why: &dyn fmt::Display| Failure::usage(format!("cannot read {}: {why}", path.display()));
    let size = std::fs::metadata(path).map_err(|error| cannot(&error))?.len();
    if size > LARGEST {
        return Err(cannot(&format_args!("it is larger than {LARGEST} bytes")));
    }
    std::fs::read_to_string(path).map(Zeroizing::new).map_err(|error| cannot(&error))
}

/// A problem in a file, with its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    line: usize,
    what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// A line of the file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line(usize);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Line {
    pub(crate) fn problem(self, what: impl Into<String>) -> Problem {
        Problem { line: self.0, what: what.into() }
    }
}

/// The ends of the lines of a file.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    fn at(&self, span: &Range<usize>) -> Line {
        Line(self.0.partition_point(|end| *end < span.start).saturating_add(1))
    }
}

/// A parsed file.
pub(crate) struct Document<'a> {
    lines: Lines,
    root: Spanned<DeTable<'a>>,
}

impl<'a> Document<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, Problem> {
        // The message of a syntax error says what was expected, and repeats no value.
        let lines = Lines::of(text);
        let problem =
            |error: toml::de::Error| lines.at(&error.span().unwrap_or_default()).problem(error.message().to_owned());
        let root = DeTable::parse(text).map_err(problem)?;
        Ok(Self { lines, root })
    }

    /// The table of the whole file.
    pub(crate) fn root(&self) -> Table<'_> {
        Table { lines: &self.lines, line: Line(1), members: self.root.get_ref(), read: Vec::new() }
    }
}

/// A table of the file.
pub(crate) struct Table<'a> {
    lines: &'a Lines,
    line: Line,
    members: &'a DeTable<'a>,
    /// The names of the members that were asked for.
    read: Vec<&'static str>,
}

/// A member of a table.
type Member<'a> = (Line, &'a DeValue<'a>);

impl<'a> Table<'a> {
    pub(crate) fn line(&self) -> Line {
        self.line
    }

    fn get(&mut self, name: &'static str) -> Option<Member<'a>> {
        self.read.push(name);
        let (_, value) = self.members.iter().find(|(key, _)| key.get_ref() == name)?;
        Some((self.lines.at(&value.span()), value.get_ref()))
    }

    /// A string; `None` if there is no such member.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<(Line, &'a str)>, Problem> {
        let Some((line, value)) = self.get(name) else { return Ok(None) };
        value.as_str().map(|text| Some((line, text))).ok_or_else(|| is_not(line, name, "a string in quotes"))
    }

    /// A table of its own, such as `[sender.event]`; `None` if there is no such member.
    pub(crate) fn table(&mut self, name: &'static str) -> Result<Option<Self>, Problem> {
        let Some((line, value)) = self.get(name) else { return Ok(None) };
        let members = value.as_table().ok_or_else(|| is_not(line, name, "a table"))?;
        Ok(Some(Self { lines: self.lines, line, members, read: Vec::new() }))
    }

    /// `true` or `false`; `None` if there is no such member.
    pub(crate) fn boolean(&mut self, name: &'static str) -> Result<Option<(Line, bool)>, Problem> {
        let Some((line, value)) = self.get(name) else { return Ok(None) };
        value.as_bool().map(|value| Some((line, value))).ok_or_else(|| is_not(line, name, "`true` or `false`"))
    }

    /// A positive whole number; `None` if there is no such member.
    pub(crate) fn number(&mut self, name: &'static str) -> Result<Option<(Line, u64)>, Problem> {
        let Some((line, value)) = self.get(name) else { return Ok(None) };
        let number = match value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|number| *number > 0);
        number.map(|number| Some((line, number))).ok_or_else(|| is_not(line, name, "a positive whole number"))
    }

    /// A list of strings; empty if there is no such member.
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Vec<(Line, &'a str)>, Problem> {
        let Some((line, value)) = self.get(name) else { return Ok(Vec::new()) };
        let problem = || is_not(line, name, "a list of strings in quotes");
        let text = |value: &'a Spanned<DeValue<'a>>| Some((self.lines.at(&value.span()), value.get_ref().as_str()?));
        value.as_array().ok_or_else(problem)?.iter().map(|value| text(value).ok_or_else(problem)).collect()
    }

    /// A moment: a date with a time and an offset, or Unix seconds.
    pub(crate) fn moment(&mut self, name: &'static str) -> Result<Option<UnixTime>, Problem> {
        let Some((line, value)) = self.get(name) else { return Ok(None) };
        let text = match value {
            DeValue::Datetime(date) => Some(date.to_string()),
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            _ => None,
        };
        let moment = text.and_then(|text| unix_time(&text).ok()).map(UnixTime::from_secs);
        let expected = "a date with a time and an offset, such as 2026-12-01T00:00:00Z without quotes, or Unix seconds";
        moment.map(Some).ok_or_else(|| is_not(line, name, expected))
    }

    /// The tables that begin with `[[name]]`.
    pub(crate) fn tables(&mut self, name: &'static str) -> Result<Vec<Self>, Problem> {
        let Some((line, value)) = self.get(name) else { return Ok(Vec::new()) };
        let problem = || is_not(line, name, &format!("a list of tables, each of which begins with `[[{name}]]`"));
        let table = |value: &'a Spanned<DeValue<'a>>| {
            let members = value.get_ref().as_table()?;
            Some(Self { lines: self.lines, line: self.lines.at(&value.span()), members, read: Vec::new() })
        };
        value.as_array().ok_or_else(problem)?.iter().map(|value| table(value).ok_or_else(problem)).collect()
    }

    /// Checks that there is no member besides those that were asked for.
    pub(crate) fn end(self) -> Result<(), Problem> {
        let unknown = self.members.iter().find(|(key, _)| !self.read.contains(&key.get_ref().as_ref()));
        let Some((key, _)) = unknown else { return Ok(()) };
        let line = self.lines.at(&key.span());
        let name: String = key.get_ref().escape_debug().take(40).collect();
        Err(line.problem(format!("`{name}` is not known here; known are {}", self.read.join(", "))))
    }
}

fn is_not(line: Line, name: &str, expected: &str) -> Problem {
    line.problem(format!("`{name}` is not {expected}"))
}
