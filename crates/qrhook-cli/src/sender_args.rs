//! The SENDER argument, and the file that describes further senders.

use std::{ffi::OsStr, path::PathBuf};

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};

use crate::{failure::Failure, sender::Sender, senders::Senders, senders_file};

/// The file that describes further senders.
#[derive(Debug, clap::Args)]
pub(crate) struct SenderArgs {
    /// A TOML file that describes further senders
    ///
    /// See docs/senders-file.md for its format.
    #[arg(long = "senders", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl SenderArgs {
    /// The built-in senders, and those of the file.
    pub(crate) fn read(&self) -> Result<Senders, Failure> {
        let senders = Senders::built_in();
        let Some(path) = &self.file else { return Ok(senders) };
        let described = senders_file::read(path, &senders)?;
        Ok(senders.with(described))
    }

    /// The sender of this name.
    pub(crate) fn find(&self, name: &SenderName) -> Result<Sender, Failure> {
        name.among(&self.read()?)
    }
}

/// The SENDER argument. The shell completes the built-in names; others come from a file.
#[derive(Debug, Clone)]
pub(crate) struct SenderName(String);

#[derive(Clone)]
pub(crate) struct ParseSender;

impl SenderName {
    pub(crate) const PARSER: ParseSender = ParseSender;

    /// The sender of this name.
    pub(crate) fn among(&self, senders: &Senders) -> Result<Sender, Failure> {
        let Self(name) = self;
        senders.get(name).ok_or_else(|| {
            let names = senders.names();
            Failure::usage(format!(
                "there is no sender `{name}`; known are {names}; describe others in a file, for --senders"
            ))
        })
    }
}

impl TypedValueParser for ParseSender {
    type Value = SenderName;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<SenderName, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value).map(SenderName)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            Senders::built_in().iter().map(|sender| PossibleValue::new(sender.name())).collect::<Vec<_>>().into_iter(),
        ))
    }
}
