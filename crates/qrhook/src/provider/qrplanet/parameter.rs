//! The parameters of a form, and the types that one can have.

use std::borrow::Cow;

use super::FormExtra;
use crate::{
    body::{self, Form},
    event::Oddities,
    time::Timestamp,
};

const REPLACED: &str = "holds replacement characters, for bytes that were not UTF-8";

/// The parameters that are still unread.
pub(super) struct Parameters<'a> {
    left: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    oddities: Oddities,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(form: &'a Form<'_>) -> Self {
        let mut oddities = Oddities::default();
        for (place, reason) in form.notes() {
            oddities.note(place, reason);
        }
        Self { left: form.iter().collect(), oddities }
    }

    /// Takes every parameter of this name out. The last one counts, as in PHP, and an empty one is the same as none.
    pub(super) fn take(&mut self, name: &'static str) -> Option<String> {
        let mut last = None;
        self.left.retain_mut(|(left, value)| {
            let kept = *left != name;
            if !kept {
                last = Some(std::mem::take(value));
            }
            kept
        });
        let text = last.filter(|text| !text.is_empty())?;
        if text.contains(char::REPLACEMENT_CHARACTER) {
            self.note(name, REPLACED);
        }
        Some(text.into_owned())
    }

    /// The value of a parameter, whichever of these spellings it has: the first one that says something counts.
    pub(super) fn get<T: Parameter>(&mut self, names: &[&'static str]) -> Option<T> {
        let mut value = None;
        for name in names {
            let Some(text) = self.take(name) else { continue };
            match (T::read(text), &value) {
                (Ok(found), None) => value = Some(found),
                (Ok(found), Some(known)) if found != *known => self.note(name, "contradicts another spelling of it"),
                (Ok(_), Some(_)) => {}
                (Err(misfit), _) => self.note(name, misfit),
            }
        }
        value
    }

    pub(super) fn note(&mut self, name: &'static str, reason: &'static str) {
        self.oddities.note(name, reason);
    }

    /// What nobody took, and what was odd.
    pub(super) fn finish(mut self) -> (FormExtra, Oddities) {
        let mut extra = FormExtra::default();
        for (name, value) in self.left {
            if [&name, &value].into_iter().any(|text| text.contains(char::REPLACEMENT_CHARACTER)) {
                // The name is anything, and oddities end up in log lines.
                self.oddities.note(body::quote(&name), REPLACED);
            }
            extra.push(name.into_owned(), value.into_owned());
        }
        (extra, self.oddities)
    }
}

/// A type that a parameter can have.
pub(super) trait Parameter: Sized + PartialEq {
    /// Reads a text that is not empty. The error is the reason of an oddity.
    fn read(text: String) -> Result<Self, &'static str>;

    /// Reads the parameters that make up this value.
    fn take(parameters: &mut Parameters<'_>, names: &[&'static str]) -> Option<Self> {
        parameters.get(names)
    }
}

impl Parameter for String {
    fn read(text: String) -> Result<Self, &'static str> {
        Ok(text)
    }
}

/// The zone is not documented, so a text without one stays a local time.
impl Parameter for Timestamp {
    fn read(text: String) -> Result<Self, &'static str> {
        Ok(Self::from_text(text))
    }
}

/// Also with blanks around it, and with leading zeros.
impl Parameter for u64 {
    fn read(text: String) -> Result<Self, &'static str> {
        text.trim().parse().map_err(|_| "is not a whole number from 0")
    }
}

/// Makes a struct of optional parameters, like [`object!`](crate::event::object) for JSON.
///
/// A line is `"name" | "other_spelling" => field: Type`, with `, masked` behind the type of a field that `Debug` must
/// not show.
macro_rules! parameters {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $wire:literal $(| $alias:literal)* => $field:ident : $type:ty $(, $masked:ident)?;
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                #[doc = concat!("\n\nWire name: `", $wire, "`", $(" or `", $alias, "`",)* ".")]
                $(#[doc = concat!("Not shown by `Debug` (", stringify!($masked), ").")])?
                pub $field: Option<$type>,
            )*
        }

        impl $name {
            pub(super) fn read(parameters: &mut $crate::provider::qrplanet::parameter::Parameters<'_>) -> Self {
                use $crate::provider::qrplanet::parameter::Parameter;

                Self { $($field: <$type as Parameter>::take(parameters, &[$wire $(, $alias)*]),)* }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($name));
                $(parameters!(@show shown, self.$field, $field $(, $masked)?);)*
                shown.finish()
            }
        }
    };
    (@show $shown:ident, $place:expr, $name:ident) => {
        if let Some(value) = &$place { $shown.field(stringify!($name), value); }
    };
    (@show $shown:ident, $place:expr, $name:ident, masked) => {
        if $place.is_some() { $shown.field(stringify!($name), &format_args!("***")); }
    };
}

pub(super) use parameters;
