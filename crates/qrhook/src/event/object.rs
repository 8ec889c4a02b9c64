//! Payload types as tables: wire name, field, type.

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
            use $crate::event::{Extra, Oddities, RawJson, value::{Object, Value}};

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
