//! Questions at the terminal.

use std::io::{self, BufRead, IsTerminal};

use clap::ValueEnum;

use crate::{failure::Failure, stderr_lines::note};

/// The given value, or the answer at the terminal. Without a terminal, the flag is required.
pub(super) fn choice<T: ValueEnum>(given: Option<T>, flag: &str, question: &str) -> Result<T, Failure> {
    if let Some(value) = given {
        return Ok(value);
    }
    let names: Vec<_> = T::value_variants().iter().filter_map(T::to_possible_value).collect();
    let names: Vec<_> = names.iter().map(|value| value.get_name().to_owned()).collect();
    let first = names.first().cloned().unwrap_or_default();
    loop {
        let answer = line(flag, &format!("{question} ({}) [{first}]", names.join(", ")))?;
        let answer = if answer.is_empty() { &first } else { &answer };
        match T::from_str(answer, true) {
            Ok(value) => return Ok(value),
            Err(_) => note(format_args!("`{answer}` is none of them")),
        }
    }
}

/// The answer at the terminal.
pub(super) fn text(flag: &str, question: &str, default: &str) -> Result<String, Failure> {
    let answer = line(flag, &format!("{question} [{default}]"))?;
    Ok(if answer.is_empty() { default.to_owned() } else { answer })
}

fn line(flag: &str, question: &str) -> Result<String, Failure> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Err(Failure::usage(format!("{flag} is missing, and standard input is not a terminal to ask at")));
    }
    note(format_args!("{question}"));
    let mut line = String::new();
    match input.lock().read_line(&mut line) {
        Ok(read) if read > 0 => Ok(line.trim().to_owned()),
        Ok(_) => Err(Failure::usage(format!("{flag} is missing, and standard input has ended"))),
        Err(error) => Err(Failure::usage(format!("cannot read standard input: {error}"))),
    }
}
