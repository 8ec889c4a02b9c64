//! Figures by name and their format.

use std::{collections::BTreeMap, fmt};

use qrhook_benches::results::spread;

/// All measured figures, for the targets to look up.
#[derive(Default)]
pub struct Figures(BTreeMap<String, Figure>);

/// The median of the rounds, with the lowest and the highest.
#[derive(Clone, Copy)]
pub struct Figure {
    pub median: f64,
    low: f64,
    high: f64,
}

impl Figure {
    pub fn of(rounds: &[f64]) -> Option<Self> {
        spread(rounds).map(|(median, low, high)| Self { median, low, high })
    }
}

impl Figures {
    /// Stores the figure under this name and returns it for a table.
    pub fn add(&mut self, name: &str, rounds: &[f64]) -> Option<Figure> {
        let figure = Figure::of(rounds)?;
        self.0.insert(name.to_owned(), figure);
        Some(figure)
    }

    /// Stores a figure that is the same in each round.
    pub fn add_exact(&mut self, name: &str, figure: f64) {
        self.add(name, &[figure]);
    }

    pub fn get(&self, name: &str) -> Option<Figure> {
        self.0.get(name).copied()
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { median, low, high } = *self;
        f.write_str(&short(median))?;
        if low < high { write!(f, " ({} to {})", short(low), short(high)) } else { Ok(()) }
    }
}

/// The cell of a table for a figure, or for a missing one.
pub fn cell(figure: Option<Figure>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| figure.to_string())
}

/// Formats a number with its significant digits.
fn short(number: f64) -> String {
    match number {
        // Some targets differ from 1 by as little as 0.01.
        0.1..2.0 if number.fract() != 0.0 => format!("{number:.3}"),
        ..10.0 if number.fract() != 0.0 => format!("{number:.2}"),
        ..100.0 if number.fract() != 0.0 => format!("{number:.1}"),
        _ => grouped(number),
    }
}

/// Formats a large number with commas between the thousands.
pub fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
