//! JSON values other than lists and objects, as the readers of fields get them.

use std::fmt;

use serde::de::{Error, MapAccess, Visitor};

/// A JSON value that is neither a list nor an object.
pub(super) enum Literal<'a> {
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'a str),
}

/// Reads a literal. `null` and an empty string count as missing.
pub(super) struct Scalar<T> {
    pub(super) misfit: &'static str,
    pub(super) read: fn(Literal<'_>) -> Option<T>,
}

impl<T> Scalar<T> {
    fn read<E: Error>(self, literal: Literal<'_>) -> Result<Option<T>, E> {
        (self.read)(literal).map(Some).ok_or_else(|| E::custom(self.misfit))
    }
}

impl<'de, T> Visitor<'de> for Scalar<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.misfit)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        self.read(Literal::Bool(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        self.read(Literal::Unsigned(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        self.read(Literal::Signed(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        self.read(Literal::Float(number))
    }

    /// With serde_json's feature `arbitrary_precision`, which any crate of a program can enable, a number is a map of
    /// one string.
    fn visit_map<M: MapAccess<'de>>(self, mut number: M) -> Result<Self::Value, M::Error> {
        match number.next_entry::<String, String>()? {
            Some((name, text)) if name.ends_with("::Number") => self.read(Literal::Text(&text)),
            _ => Err(Error::custom(self.misfit)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() { Ok(None) } else { self.read(Literal::Text(text)) }
    }
}
