//! Structs of optional fields, declared as tables. `object!` fills one from JSON, QR Planet's `parameters!` from a
//! form.

/// Declares the struct, with its documentation and its `Debug`.
///
/// A line is `"wireName" | "other_spelling" => field: Type`, with `, masked` after the type of a field that `Debug`
/// must not show. `@extra Type;` before the struct adds a field for unknown members.
///
/// An entry holds everything known about its field, so a reference of the fields can be generated from the tables. The
/// doc of a field that rests on an assumption ends with `Assumed: ` and the reason.
macro_rules! fields {
    (
        $(@extra $extra:ty;)?
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
            $(
                /// Unknown members.
                pub extra: $extra,
            )?
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($name));
                $($crate::event::fields::fields!(@show shown, self.$field, $field $(, $masked)?);)*
                $(
                    let extra: &$extra = &self.extra;
                    if !extra.is_empty() {
                        shown.field("extra", extra);
                    }
                )?
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

pub(crate) use fields;
