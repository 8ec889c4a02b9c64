//! Payload types as tables: wire name, field, type.

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

/// Makes a struct of optional fields that is read tolerantly.
///
/// A line is `"wireName" | "other_spelling" => field: Type`, with `, masked` behind the type of a field that `Debug`
/// must not show. Unknown members are kept in `extra`.
macro_rules! object {
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
            /// Members that this version does not know.
            pub extra: $crate::event::Extra,
        }

        const _: () = {
            use $crate::event::{Extra, Oddities, RawJson, object::Object, value::Value};

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
                            object!(@set self.$field, value, $($alias)*);
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
                            object!(@set self.$field, value, $($alias)*);
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

            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    let mut shown = f.debug_struct(stringify!($name));
                    $(object!(@show shown, self.$field, $field $(, $masked)?);)*
                    if self.extra != Extra::default() {
                        shown.field("extra", &self.extra);
                    }
                    shown.finish()
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
    (@show $shown:ident, $place:expr, $name:ident) => {
        if let Some(value) = &$place { $shown.field(stringify!($name), value); }
    };
    (@show $shown:ident, $place:expr, $name:ident, masked) => {
        if $place.is_some() { $shown.field(stringify!($name), &format_args!("***")); }
    };
}

pub(crate) use object;
