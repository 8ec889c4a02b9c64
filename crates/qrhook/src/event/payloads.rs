//! Enums of payloads, declared as tables of the types on the wire.

use super::{Data, RawJson, Tolerantly, read_field::Value};

/// A payload that is read from the data of an event.
pub(crate) trait FromData: Sized {
    fn read(data: Tolerantly<'_>) -> Self;
}

impl<T: Value + Default> FromData for T {
    fn read(data: Tolerantly<'_>) -> Self {
        let Ok(payload) = Data::read(data);
        payload
    }
}

/// Data whose members are not known.
impl FromData for Option<RawJson> {
    fn read(data: Tolerantly<'_>) -> Self {
        let Ok(json) = data.keep();
        json
    }
}

/// Declares the enum of a sender's payloads, with a variant `Unknown`, and implements `JsonPayload` for it.
///
/// A line is `"wire.type" => Variant(Type);`, or `"wire.type" | "other.type" => Variant { Type };` for types that share
/// a variant, which then holds the type on the wire too. `scan` names the function that returns the common view of a
/// scan.
macro_rules! payloads {
    (
        $(#[$meta:meta])*
        pub enum $name:ident, scan $scan:ident {
            $(
                $(#[doc = $doc:literal])+
                $wire:literal $(| $alias:literal)* => $variant:ident $(($type:ty))? $({ $shared:ty })?;
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $(
                $(#[doc = $doc])+
                #[doc = concat!("\n\nType on the wire: `", $wire, "`", $(", `", $alias, "`",)* ".")]
                $variant $(($type))? $({
                    /// The type on the wire.
                    event_type: &'static str,
                    /// The payload.
                    data: $shared,
                })?,
            )+
            /// An event of an unknown type.
            Unknown {
                /// The type on the wire; `None` if the event had none.
                event_type: Option<String>,
                /// The payload, unparsed.
                data: Option<$crate::event::RawJson>,
            },
        }

        const _: () = {
            use $crate::event::{JsonPayload, Oddities, RawJson, Scan, Tolerantly, payloads::FromData};

            /// Returns the type as a constant if it is in the table.
            fn known(event_type: &str) -> Option<&'static str> {
                match event_type {
                    $($wire => Some($wire), $($alias => Some($alias),)*)+
                    _ => None,
                }
            }

            impl JsonPayload for $name {
                fn decode(
                    event_type: Option<String>,
                    data: Option<&RawJson>,
                    at: &str,
                    oddities: &mut Oddities,
                ) -> Self {
                    let known = event_type.as_deref().and_then(known);
                    match known {
                        $(
                            Some($wire $(| $alias)*) => Self::$variant
                                $((<$type as FromData>::read(Tolerantly { data, at, oddities })))?
                                $({
                                    event_type: known.unwrap_or_default(),
                                    data: <$shared as FromData>::read(Tolerantly { data, at, oddities }),
                                })?,
                        )+
                        _ => Self::Unknown { event_type, data: data.cloned() },
                    }
                }

                fn event_type(&self) -> Option<&str> {
                    match self {
                        Self::Unknown { event_type, .. } => event_type.as_deref(),
                        known => known.known_type(),
                    }
                }

                fn known_type(&self) -> Option<&'static str> {
                    Some(match self {
                        $(
                            $(Self::$variant(..) => $crate::event::payloads::payloads!(@first $wire, $type),)?
                            $(Self::$variant { event_type, .. } => {
                                $crate::event::payloads::payloads!(@first event_type, $shared)
                            })?
                        )+
                        Self::Unknown { .. } => return None,
                    })
                }

                fn scan(&self) -> Option<Scan<'_>> {
                    $scan(self)
                }
            }
        };
    };
    // The second part only tells the repetition which variants it is about.
    (@first $value:expr, $type:ty) => {
        $value
    };
}

pub(crate) use payloads;
