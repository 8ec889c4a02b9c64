//! Reading a JSON object into a struct of fields.

use std::{fmt, marker::PhantomData};

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Extra, Oddities, RawJson};
use crate::body::json;

/// An object of named fields. Made by `object!`, never by hand.
pub(crate) trait Object: Default {
    /// A field's place.
    type Field: Copy;

    fn locate(name: &str) -> Option<Self::Field>;
    fn read_strict<'de, D: Deserializer<'de>>(&mut self, field: Self::Field, value: D) -> Result<(), D::Error>;
    fn read_tolerant(&mut self, field: Self::Field, value: &RawValue, at: &str, oddities: &mut Oddities);
    fn keep(&mut self, name: String, value: RawJson);
    fn extra(&self) -> &Extra;

    fn strict<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
        value.deserialize_any(Strict(PhantomData))
    }

    fn tolerant(value: &RawValue, at: &str, oddities: &mut Oddities) -> Option<Self> {
        let members = json::members(value.get())?;
        let mut object = Self::default();
        for (name, value) in members {
            match Self::locate(&name) {
                Some(field) => {
                    object.read_tolerant(field, value, &format!("{at}.{name}"), oddities);
                }
                None => object.keep(name.into_owned(), RawJson::copied(value)),
            }
        }
        Some(object)
    }
}

struct Strict<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for Strict<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Self::Value, M::Error> {
        let mut object = T::default();
        while let Some(name) = members.next_key_seed(json::Name)? {
            match T::locate(&name) {
                Some(field) => members.next_value_seed(FieldOf(&mut object, field))?,
                None => object.keep(name.into_owned(), RawJson::copied(members.next_value()?)),
            }
        }
        Ok(Some(object))
    }
}

struct FieldOf<'o, T: Object>(&'o mut T, T::Field);

impl<'de, T: Object> serde::de::DeserializeSeed<'de> for FieldOf<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<(), D::Error> {
        self.0.read_strict(self.1, value)
    }
}

/// Makes a struct of `fields!` that is read tolerantly from a JSON object. Unknown members are kept in
/// `extra`.
macro_rules! object {
    ($($table:tt)*) => {
        $crate::event::fields::fields! { @extra $crate::event::Extra; $($table)* }
        $crate::event::object::read_object! { $($table)* }
    };
}

/// Reads the fields of an `object!`.
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
            use $crate::event::{Extra, Oddities, RawJson, object::Object, read_field::Value};

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
                ) -> Result<(), D::Error> {
                    match field {
                        $(Field::$field => {
                            let value = <$type as Value>::strict(value)?;
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
                    oddities: &mut Oddities,
                ) {
                    match field {
                        $(Field::$field => {
                            let value = <$type as Value>::tolerant(value, at, oddities);
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
                const MISFIT: &'static str = "is not an object";

                fn strict<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Self>, D::Error> {
                    Object::strict(value)
                }

                fn tolerant(
                    value: &serde_json::value::RawValue,
                    at: &str,
                    oddities: &mut Oddities,
                ) -> Option<Self> {
                    let object = Object::tolerant(value, at, oddities);
                    if object.is_none() && value.get() != "null" {
                        oddities.note(at, Self::MISFIT);
                    }
                    object
                }
            }
        };
    };
    // The last one of a repeated member counts. Among several spellings of one field, one that says nothing does not
    // undo one that does.
    (@set $place:expr, $value:ident,) => {
        $place = $value
    };
    (@set $place:expr, $value:ident, $($alias:literal)+) => {
        if $value.is_some() { $place = $value }
    };
}

pub(crate) use {object, read_object};
