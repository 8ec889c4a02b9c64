//! The types that a field of a payload can have, and how each is read.
//!
//! A payload is read twice at most. The first, strict reading goes through the text once and gives up at the first
//! thing that does not fit, which authentic payloads hardly ever hold. Only then the tolerant one reads the fields
//! one by one, leaves out those that do not fit, and notes them.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, Error, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{Oddities, RawJson};
use crate::{body::json, time::Timestamp};

/// A type of a field. `null`, a missing field and an empty text are the same: nothing.
pub(crate) trait Value: Sized {
    /// What the sender should have sent, as the end of "is not ...".
    const MISFIT: &'static str;

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error>;

    fn tolerant(value: &RawValue, at: &str, oddities: &mut Oddities) -> Option<Self> {
        Self::strict(value).unwrap_or_else(|_| {
            oddities.note(at, Self::MISFIT);
            None
        })
    }
}

impl Value for String {
    const MISFIT: &'static str = "is not a text";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        Ok(Option::<Self>::deserialize(value)?.filter(|text| !text.is_empty()))
    }
}

/// A text, or a number that is taken for Unix seconds. One without a zone means UTC, as CodeQR's analytics store
/// writes it.
impl Value for Timestamp {
    const MISFIT: &'static str = "is not a time";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        value.deserialize_any(Scalar {
            misfit: Self::MISFIT,
            read: |literal| match literal {
                Literal::Text(text) => Some(Self::from_utc_text(text)),
                Literal::Unsigned(seconds) => Some(Self::from_utc_text(seconds.to_string())),
                _ => None,
            },
        })
    }
}

/// `true` and `false`, also as 1 and 0, as a number or as text.
impl Value for bool {
    const MISFIT: &'static str = "is not true or false";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
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

/// Also as text, and with a fraction of zero.
impl Value for u64 {
    const MISFIT: &'static str = "is not a whole number from 0";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
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

/// Also as text, and with a fraction of zero.
impl Value for i64 {
    const MISFIT: &'static str = "is not a whole number";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
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

/// Also as text.
impl Value for f64 {
    const MISFIT: &'static str = "is not a number";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
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

/// The digits before a fraction of zero.
pub(crate) fn whole(text: &str) -> &str {
    let text = text.trim();
    match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    }
}

/// Whatever it is, kept as it was sent.
impl Value for RawJson {
    const MISFIT: &'static str = "is not JSON";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        let raw = <&RawValue>::deserialize(value)?;
        Ok((raw.get() != "null").then(|| Self::copied(raw)))
    }
}

/// An object whose values are texts.
impl Value for BTreeMap<String, String> {
    const MISFIT: &'static str = "is not an object";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        let entries = Option::<BTreeMap<String, Option<String>>>::deserialize(value)?;
        Ok(entries.map(|entries| entries.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()))
    }

    fn tolerant(value: &RawValue, at: &str, oddities: &mut Oddities) -> Option<Self> {
        if value.get() == "null" {
            return None;
        }
        let Some(members) = json::members(value.get()) else {
            oddities.note(at, Self::MISFIT);
            return None;
        };
        // The names are the sender's data, so an oddity names the object alone.
        let texts = members.into_iter().filter_map(|(name, value)| {
            let text = String::tolerant(value, at, oddities)?;
            Some((name.into_owned(), text))
        });
        Some(texts.collect())
    }
}

/// For objects that are large and often missing.
impl<T: Value> Value for Box<T> {
    const MISFIT: &'static str = T::MISFIT;

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        Ok(T::strict(value)?.map(Self::new))
    }

    fn tolerant(value: &RawValue, at: &str, oddities: &mut Oddities) -> Option<Self> {
        T::tolerant(value, at, oddities).map(Self::new)
    }
}

impl<T: Value> Value for Vec<T> {
    const MISFIT: &'static str = "is not a list";

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        let items = Option::<Vec<Item<T>>>::deserialize(value)?;
        Ok(items.map(|items| items.into_iter().filter_map(|Item(item)| item).collect()))
    }

    fn tolerant(value: &RawValue, at: &str, oddities: &mut Oddities) -> Option<Self> {
        let Ok(items) = Option::<Vec<&RawValue>>::deserialize(value) else {
            oddities.note(at, Self::MISFIT);
            return None;
        };
        Some(items?.into_iter().filter_map(|item| T::tolerant(item, at, oddities)).collect())
    }
}

struct Item<T>(Option<T>);

impl<'de, T: Value> Deserialize<'de> for Item<T> {
    fn deserialize<D: Deserializer<'de>>(item: D) -> Result<Self, D::Error> {
        T::strict(item).map(Self)
    }
}

/// A JSON value that is no list and no object.
enum Literal<'a> {
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'a str),
}

/// Reads a literal. `null` and an empty text are nothing.
struct Scalar<T> {
    misfit: &'static str,
    read: fn(Literal<'_>) -> Option<T>,
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

    /// With serde_json's feature `arbitrary_precision`, which any crate of a program can turn on, a number is a map of
    /// one text.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Value>(json: &str) -> (Option<T>, bool) {
        let raw: &RawValue = serde_json::from_str(json).expect("JSON");
        let mut oddities = Oddities::default();
        let value = T::tolerant(raw, "field", &mut oddities);
        let strict: Result<Option<T>, _> = T::strict(raw);
        let odd = !oddities.into_vec().is_empty();
        assert_eq!(strict.is_err(), odd, "the strict reading gives up exactly where the tolerant one notes: {json}");
        (value, odd)
    }

    #[test]
    fn reads_flags_in_every_spelling() {
        for (json, expected) in [
            ("true", (Some(true), false)),
            ("0", (Some(false), false)),
            ("1", (Some(true), false)),
            ("\"1\"", (Some(true), false)),
            ("\"false\"", (Some(false), false)),
            ("null", (None, false)),
            ("\"\"", (None, false)),
            ("2", (None, true)),
            ("\"yes\"", (None, true)),
            ("[true]", (None, true)),
        ] {
            assert_eq!(read::<bool>(json), expected, "{json}");
        }
    }

    #[test]
    fn reads_whole_numbers_in_every_spelling() {
        for (json, expected) in [
            ("42", (Some(42), false)),
            ("5000.0", (Some(5000), false)),
            ("\" 0042 \"", (Some(42), false)),
            ("\"42.00\"", (Some(42), false)),
            ("18446744073709551615", (Some(u64::MAX), false)),
            ("null", (None, false)),
            ("-1", (None, true)),
            ("4.5", (None, true)),
            ("\"many\"", (None, true)),
            ("{}", (None, true)),
        ] {
            assert_eq!(read::<u64>(json), expected, "{json}");
        }
        assert_eq!(read::<i64>("-3790"), (Some(-3790), false));
        // What `arbitrary_precision` makes of 5000.0.
        assert_eq!(read::<u64>(r#"{"$serde_json::private::Number":"5000.0"}"#), (Some(5000), false));
        assert_eq!(read::<f64>(r#"{"$serde_json::private::Number":"0.5"}"#), (Some(0.5), false));
        assert_eq!(read::<f64>("\"inf\""), (None, true));
        let digits = "9".repeat(100_000);
        assert_eq!(read::<u64>(&digits), (None, true));
        assert_eq!(read::<f64>(&digits), (None, true));
    }

    #[test]
    fn a_text_with_half_a_character_is_odd() {
        assert_eq!(read::<String>(r#""\ud800""#), (None, true));
        assert_eq!(read::<String>("7"), (None, true));
        assert_eq!(read::<String>("\"\""), (None, false));
    }

    #[test]
    fn odd_elements_are_left_out() {
        let (list, odd) = read::<Vec<String>>(r#"["a",1,null,"b"]"#);
        assert_eq!((list, odd), (Some(vec!["a".into(), "b".into()]), true));
        let (map, odd) = read::<BTreeMap<String, String>>(r#"{"a":"1","b":2,"c":null}"#);
        assert_eq!((map, odd), (Some([("a".to_owned(), "1".to_owned())].into()), true));
    }
}
