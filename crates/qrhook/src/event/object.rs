//! Reads a JSON object into a struct of fields.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Extra, Oddities, RawJson, Source};
use crate::body::json;

/// The reason for the oddity of any other value.
pub(crate) const MISFIT: &str = "is not an object";

/// An object of named fields. Implemented by `object!`, never by hand.
pub(crate) trait Object: Default {
    /// Identifies a field.
    type Field: Copy;

    fn locate(name: &str) -> Option<Self::Field>;
    fn read_strict<'de, D: Deserializer<'de>>(
        &mut self,
        field: Self::Field,
        value: D,
        source: Source<'_>,
    ) -> Result<(), D::Error>;
    fn read_tolerant(
        &mut self,
        field: Self::Field,
        value: &RawValue,
        at: &str,
        source: Source<'_>,
        oddities: &mut Oddities,
    );
    fn keep(&mut self, name: String, value: RawJson);
    fn extra(&self) -> &Extra;

    /// Reads an object into this one, which is empty. Returns `false` for `null`.
    fn read<'de, D: Deserializer<'de>>(&mut self, value: D, source: Source<'_>) -> Result<bool, D::Error> {
        Strict { object: self, nested: None, source }.deserialize(value)
    }

    /// Like `read`, but the object may also be the only member of another object, under this name.
    fn read_nested<'de, D: Deserializer<'de>>(
        &mut self,
        name: &str,
        value: D,
        source: Source<'_>,
    ) -> Result<bool, D::Error> {
        Strict { object: self, nested: Some(name), source }.deserialize(value)
    }

    fn tolerant(value: &RawValue, at: &str, source: Source<'_>, oddities: &mut Oddities) -> Option<Self> {
        let Some(members) = json::members(value.get()) else {
            if value.get() != "null" {
                oddities.note(at, MISFIT);
            }
            return None;
        };
        let mut object = Self::default();
        for (name, value) in members {
            match Self::locate(&name) {
                Some(field) => object.read_tolerant(field, value, &format!("{at}.{name}"), source, oddities),
                None => object.keep(name.into_owned(), source.keep(value.get())),
            }
        }
        Some(object)
    }
}

struct Strict<'a, T> {
    object: &'a mut T,
    nested: Option<&'a str>,
    source: Source<'a>,
}

impl<'de, T: Object> DeserializeSeed<'de> for Strict<'_, T> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<bool, D::Error> {
        value.deserialize_any(self)
    }
}

impl<'de, T: Object> Visitor<'de> for Strict<'_, T> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<bool, M::Error> {
        let Self { object, nested, source } = self;
        let mut alone = true;
        while let Some(name) = members.next_key_seed(json::Name)? {
            match T::locate(&name) {
                Some(field) => members.next_value_seed(FieldOf { object, field, source })?,
                None if nested == Some(&*name) => {
                    let read = members.next_value_seed(Strict { object, nested: None, source })?;
                    alone = alone && read && members.next_key_seed(json::Name)?.is_none();
                    return if alone { Ok(true) } else { Err(M::Error::custom("the object is not alone")) };
                }
                None => object.keep(name.into_owned(), members.next_value_seed(source)?),
            }
            alone = false;
        }
        Ok(true)
    }
}

struct FieldOf<'a, T: Object> {
    object: &'a mut T,
    field: T::Field,
    source: Source<'a>,
}

impl<'de, T: Object> DeserializeSeed<'de> for FieldOf<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        self.object.read_strict(self.field, value, self.source)
    }
}

/// Declares a struct of `fields!` that is read tolerantly from a JSON object. Unknown members are kept in `extra`.
macro_rules! object {
    ($($table:tt)*) => {
        $crate::event::fields::fields! { @extra $crate::event::Extra; $($table)* }
        $crate::event::object::read_object! { $($table)* }
    };
}

/// Implements the reading of an `object!`.
macro_rules! read_object {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $wire:literal $(| $alias:literal)* => $field:ident : $type:ty $(, $masked:ident)?;
            )*
        }
    ) => {
        const _: () = {
            use $crate::event::{Extra, Oddities, RawJson, Source, object::Object, read_field::Value};

            #[derive(Clone, Copy)]
            #[expect(non_camel_case_types, reason = "the variants are the fields")]
            pub(crate) enum Field { $($field,)* }

            impl Object for $name {
                type Field = Field;

                fn locate(name: &str) -> Option<Field> {
                    match name {
                        $($wire $(| $alias)* => Some(Field::$field),)*
                        _ => None,
                    }
                }

                fn read_strict<'de, D: serde::Deserializer<'de>>(
                    &mut self,
                    field: Field,
                    value: D,
                    source: Source<'_>,
                ) -> Result<(), D::Error> {
                    match field {
                        $(Field::$field => {
                            let value = <$type as Value>::strict(value, source)?;
                            $crate::event::object::read_object!(@set self.$field, value, $($alias)*);
                        })*
                    }
                    Ok(())
                }

                fn read_tolerant(
                    &mut self,
                    field: Field,
                    value: &serde_json::value::RawValue,
                    at: &str,
                    source: Source<'_>,
                    oddities: &mut Oddities,
                ) {
                    match field {
                        $(Field::$field => {
                            let value = <$type as Value>::tolerant(value, at, source, oddities);
                            $crate::event::object::read_object!(@set self.$field, value, $($alias)*);
                        })*
                    }
                }

                fn keep(&mut self, name: String, value: RawJson) {
                    self.extra.push(name, value);
                }

                fn extra(&self) -> &Extra {
                    &self.extra
                }
            }

            impl Value for $name {
                const MISFIT: &'static str = $crate::event::object::MISFIT;

                fn strict<'de, D: serde::Deserializer<'de>>(
                    value: D,
                    source: Source<'_>,
                ) -> Result<Option<Self>, D::Error> {
                    let mut object = Self::default();
                    Ok(object.read(value, source)?.then_some(object))
                }

                fn tolerant(
                    value: &serde_json::value::RawValue,
                    at: &str,
                    source: Source<'_>,
                    oddities: &mut Oddities,
                ) -> Option<Self> {
                    Object::tolerant(value, at, source, oddities)
                }
            }
        };
    };
    // If a member is repeated, the last one counts. Among several spellings of one field, an empty one does not
    // overwrite one with a value.
    (@set $place:expr, $value:ident,) => {
        $place = $value
    };
    (@set $place:expr, $value:ident, $($alias:literal)+) => {
        if $value.is_some() { $place = $value }
    };
}

pub(crate) use {object, read_object};
