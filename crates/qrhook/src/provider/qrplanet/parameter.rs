//! The parameters of a form, and the types that they can have.

use std::borrow::Cow;

use super::FormExtra;
use crate::{
    body::{self, Form},
    event::{Oddities, read_field::Value as _},
    time::Timestamp,
};

const REPLACED: &str = "contains replacement characters for bytes that are not UTF-8";

/// The parameters of a form that have not been taken yet.
pub(super) struct Parameters<'a> {
    left: Vec<(&'a [u8], Option<&'a [u8]>)>,
    oddities: Oddities,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(form: &'a Form<'_>) -> Self {
        let mut oddities = Oddities::default();
        for (place, reason) in form.notes() {
            oddities.note(place, reason);
        }
        Self { left: form.as_bytes().map(|(name, value)| (name, Some(value))).collect(), oddities }
    }

    /// Takes all parameters of this name. The last one counts, as in PHP, and an empty one counts as missing.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Cow<'a, str>> {
        let named = self.left.iter_mut().filter(|(left, _)| *left == name.as_bytes());
        let text = named.filter_map(|(_, value)| value.take()).last().filter(|text| !text.is_empty())?;
        let text = String::from_utf8_lossy(text);
        if is_replaced(&text) {
            self.note(name, REPLACED);
        }
        Some(text)
    }

    /// Returns the value of a parameter with any of these spellings: the first one with a readable value counts.
    pub(super) fn get<T: Parameter>(&mut self, names: &[&'static str]) -> Option<T> {
        let mut value = None;
        for name in names {
            let Some(text) = self.take(name) else { continue };
            match (T::read(text), &value) {
                (Ok(found), None) => {
                    if let Some(oddity) = found.oddity() {
                        self.note(name, oddity);
                    }
                    value = Some(found);
                }
                (Ok(found), Some(known)) if found != *known => self.note(name, "contradicts another spelling"),
                (Ok(_), Some(_)) => {}
                (Err(misfit), _) => self.note(name, misfit),
            }
        }
        value
    }

    pub(super) fn note(&mut self, name: &'static str, reason: &'static str) {
        self.oddities.note(name, reason);
    }

    /// Returns the unread parameters and the oddities.
    pub(super) fn finish(mut self) -> (FormExtra, Oddities) {
        let mut extra = FormExtra::default();
        let left = self.left.into_iter().filter_map(|(name, value)| Some((name, value?)));
        for (name, value) in left.map(|(name, value)| (String::from_utf8_lossy(name), String::from_utf8_lossy(value))) {
            if [&name, &value].into_iter().any(|text| is_replaced(text)) {
                // The name can be anything, and oddities end up in log lines.
                self.oddities.note(body::quote(&name), REPLACED);
            }
            extra.push(name.into_owned(), value.into_owned());
        }
        (extra, self.oddities)
    }
}

fn is_replaced(text: &str) -> bool {
    !text.is_ascii() && text.contains(char::REPLACEMENT_CHARACTER)
}

/// A type that a parameter can have.
pub(super) trait Parameter: Sized + PartialEq {
    /// Reads a non-empty string. The error is the reason for an oddity.
    fn read(text: Cow<'_, str>) -> Result<Self, &'static str>;

    /// The reason why a value is odd although it is kept.
    fn oddity(&self) -> Option<&'static str> {
        None
    }

    /// Reads the parameters that make up this value.
    fn take(parameters: &mut Parameters<'_>, names: &[&'static str]) -> Option<Self> {
        parameters.get(names)
    }
}

impl Parameter for String {
    fn read(text: Cow<'_, str>) -> Result<Self, &'static str> {
        Ok(text.into_owned())
    }
}

/// The zone is not documented, so a time without one stays local and is not odd. A value that is not a time is kept as
/// well.
impl Parameter for Timestamp {
    fn read(text: Cow<'_, str>) -> Result<Self, &'static str> {
        Ok(Self::from_text(text.into_owned()))
    }

    fn oddity(&self) -> Option<&'static str> {
        (!self.is_time()).then_some(Self::MISFIT)
    }
}

/// Surrounding blanks and leading zeros are allowed.
impl Parameter for u64 {
    fn read(text: Cow<'_, str>) -> Result<Self, &'static str> {
        text.trim().parse().map_err(|_| "is not a non-negative whole number")
    }
}

/// Declares a struct of `fields!` that is read from a form.
macro_rules! parameters {
    ($($table:tt)*) => {
        $crate::event::fields::fields! { $($table)* }
        $crate::provider::qrplanet::parameter::read_parameters! { $($table)* }
    };
}

/// Implements the reading of a `parameters!`.
macro_rules! read_parameters {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $wire:literal $(| $alias:literal)* => $field:ident : $type:ty $(, $masked:ident)?;
            )*
        }
    ) => {
        impl $name {
            pub(super) fn read(parameters: &mut $crate::provider::qrplanet::parameter::Parameters<'_>) -> Self {
                use $crate::provider::qrplanet::parameter::Parameter;

                Self { $($field: <$type as Parameter>::take(parameters, &[$wire $(, $alias)*]),)* }
            }
        }
    };
}

pub(super) use {parameters, read_parameters};
