//! The types that a field of a payload can have, and the reading of each.
//!
//! A body is read at most twice. The strict reading goes through the text once and stops at the first thing that does
//! not fit, which authentic bodies hardly ever contain. Only then does the tolerant reading go through the fields one
//! by one, leave out those that do not fit, and note them.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    Oddities, RawJson, Source,
    literal::{Literal, Scalar},
    object::{self, Object},
};
use crate::body::json;

/// A type of a field. `null` and an empty string count as missing.
pub(crate) trait Value: Sized {
    /// The reason for the oddity of a value that does not fit.
    const MISFIT: &'static str;

    /// Fails whenever the tolerant reading would note something, and may fail in other cases too.
    fn strict<'de, D: Deserializer<'de>>(value: D, source: Source<'_>) -> Result<Option<Self>, D::Error>;

    fn tolerant(value: &RawValue, at: &str, source: Source<'_>, oddities: &mut Oddities) -> Option<Self> {
        Self::strict(value, source).unwrap_or_else(|_| {
            oddities.note(at, Self::MISFIT);
            None
        })
    }
}

impl Value for String {
    const MISFIT: &'static str = "is not a string";

    fn strict<'de, D: Deserializer<'de>>(value: D, _: Source<'_>) -> Result<Option<Self>, D::Error> {
        Ok(Option::<Self>::deserialize(value)?.filter(|text| !text.is_empty()))
    }
}

/// `true` and `false`, or 1 and 0; each also as a string.
impl Value for bool {
    const MISFIT: &'static str = "is not true or false";

    fn strict<'de, D: Deserializer<'de>>(value: D, _: Source<'_>) -> Result<Option<Self>, D::Error> {
        value.deserialize_any(Scalar {
            misfit: Self::MISFIT,
            read: |literal| match literal {
                Literal::Bool(flag) => Some(flag),
                Literal::Unsigned(1) => Some(true),
                Literal::Unsigned(0) => Some(false),
                Literal::Text(text) => match text.trim() {
                    "true" | "1" => Some(true),
                    "false" | "0" => Some(false),
                    _ => None,
                },
                _ => None,
            },
        })
    }
}

/// Also as a string, and with a zero fraction.
impl Value for u64 {
    const MISFIT: &'static str = "is not a non-negative whole number";

    fn strict<'de, D: Deserializer<'de>>(value: D, _: Source<'_>) -> Result<Option<Self>, D::Error> {
        value.deserialize_any(Scalar {
            misfit: Self::MISFIT,
            read: |literal| match literal {
                Literal::Unsigned(number) => Some(number),
                Literal::Float(number) => whole(&number.to_string()).parse().ok(),
                Literal::Text(text) => whole(text).parse().ok(),
                _ => None,
            },
        })
    }
}

/// Also as a string, and with a zero fraction.
impl Value for i64 {
    const MISFIT: &'static str = "is not a whole number";

    fn strict<'de, D: Deserializer<'de>>(value: D, _: Source<'_>) -> Result<Option<Self>, D::Error> {
        value.deserialize_any(Scalar {
            misfit: Self::MISFIT,
            read: |literal| match literal {
                Literal::Unsigned(number) => number.try_into().ok(),
                Literal::Signed(number) => Some(number),
                Literal::Float(number) => whole(&number.to_string()).parse().ok(),
                Literal::Text(text) => whole(text).parse().ok(),
                Literal::Bool(_) => None,
            },
        })
    }
}

/// Also as a string.
impl Value for f64 {
    const MISFIT: &'static str = "is not a number";

    fn strict<'de, D: Deserializer<'de>>(value: D, _: Source<'_>) -> Result<Option<Self>, D::Error> {
        value.deserialize_any(Scalar {
            misfit: Self::MISFIT,
            read: |literal| match literal {
                Literal::Float(number) => Some(number),
                Literal::Unsigned(number) => finite(&number.to_string()),
                Literal::Signed(number) => finite(&number.to_string()),
                Literal::Text(text) => finite(text),
                Literal::Bool(_) => None,
            },
        })
    }
}

fn finite(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// Returns the digits before a zero fraction.
pub(crate) fn whole(text: &str) -> &str {
    let text = text.trim();
    match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    }
}

/// Any value, kept as it was sent.
impl Value for RawJson {
    const MISFIT: &'static str = "is not JSON";

    fn strict<'de, D: Deserializer<'de>>(value: D, source: Source<'_>) -> Result<Option<Self>, D::Error> {
        Ok(Some(source.deserialize(value)?).filter(|json| !json.is_null()))
    }
}

/// An object whose values are strings.
impl Value for BTreeMap<String, String> {
    const MISFIT: &'static str = "is not an object";

    fn strict<'de, D: Deserializer<'de>>(value: D, _: Source<'_>) -> Result<Option<Self>, D::Error> {
        let entries = Option::<BTreeMap<String, Option<String>>>::deserialize(value)?;
        let text = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(entries.map(|entries| entries.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()))
    }

    fn tolerant(value: &RawValue, at: &str, source: Source<'_>, oddities: &mut Oddities) -> Option<Self> {
        if value.get() == "null" {
            return None;
        }
        let Some(members) = json::members(value.get()) else {
            oddities.note(at, Self::MISFIT);
            return None;
        };
        // The names are the sender's data, so an oddity names only the object.
        let texts = members.into_iter().filter_map(|(name, value)| {
            let text = String::tolerant(value, at, source, oddities)?;
            Some((name.into_owned(), text))
        });
        Some(texts.collect())
    }
}

/// For objects that are large and often missing. They are read in place.
impl<T: Object> Value for Box<T> {
    const MISFIT: &'static str = object::MISFIT;

    fn strict<'de, D: Deserializer<'de>>(value: D, source: Source<'_>) -> Result<Option<Self>, D::Error> {
        let mut object = Self::default();
        Ok(object.read(value, source)?.then_some(object))
    }

    fn tolerant(value: &RawValue, at: &str, source: Source<'_>, oddities: &mut Oddities) -> Option<Self> {
        T::tolerant(value, at, source, oddities).map(Self::new)
    }
}

impl<T: Value> Value for Vec<T> {
    const MISFIT: &'static str = "is not a list";

    fn strict<'de, D: Deserializer<'de>>(value: D, source: Source<'_>) -> Result<Option<Self>, D::Error> {
        value.deserialize_any(Items { source, item: PhantomData })
    }

    fn tolerant(value: &RawValue, at: &str, source: Source<'_>, oddities: &mut Oddities) -> Option<Self> {
        let Ok(items) = Option::<Vec<&RawValue>>::deserialize(value) else {
            oddities.note(at, Self::MISFIT);
            return None;
        };
        Some(items?.into_iter().filter_map(|item| T::tolerant(item, at, source, oddities)).collect())
    }
}

struct Items<'s, T> {
    source: Source<'s>,
    item: PhantomData<T>,
}

impl<'de, T: Value> Visitor<'de> for Items<'_, T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Strictly::<T>::new(self.source))? {
            items.extend(item);
        }
        Ok(Some(items))
    }
}

/// Reads a value of a list or an object strictly.
pub(super) struct Strictly<'s, T> {
    source: Source<'s>,
    value: PhantomData<T>,
}

impl<'s, T> Strictly<'s, T> {
    pub(super) const fn new(source: Source<'s>) -> Self {
        Self { source, value: PhantomData }
    }
}

impl<'de, T: Value> DeserializeSeed<'de> for Strictly<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<Self::Value, D::Error> {
        T::strict(value, self.source)
    }
}
