//! The typed content of a delivery.
//!
//! An authentic event is never refused because of a field. A field that does not fit its type is missing from the typed
//! event and listed in [`Delivery::oddities`](crate::Delivery::oddities). A time that cannot be read is listed too, and
//! keeps its text. Unknown members are kept in an [`Extra`]; an event of an unknown type becomes the variant `Unknown`
//! with its data.

mod common_scan;
mod decode;
mod envelope;
mod extra;
pub(crate) mod fields;
mod literal;
mod misfit;
pub(crate) mod object;
mod oddities;
mod one_pass;
mod payload;
pub(crate) mod payloads;
mod plain;
mod raw_json;
pub(crate) mod read_field;
mod read_time;
#[cfg(test)]
mod tests;
mod tolerant;
mod typed;
mod untyped;

use std::fmt;

pub(crate) use self::payload::{Data, InPass, Tolerantly};
pub use self::{
    common_scan::Scan,
    envelope::{Envelope, JsonEvent},
    extra::Extra,
    oddities::{Oddities, Oddity},
    payload::JsonPayload,
    plain::{Layout, PlainEvent},
    raw_json::{JsonError, RawJson, Source},
    typed::Typed,
    untyped::Untyped,
};
#[cfg(test)]
pub(crate) use self::{one_pass::read as read_in_one_pass, tolerant::read as read_tolerantly};
use crate::time::Timestamp;

/// The parts that the events of all senders have in common.
///
/// # Example
///
/// ```
/// use qrhook::{WebhookEvent, event::Identity};
///
/// /// A log line for an event of any sender.
/// fn line(event: &dyn WebhookEvent) -> String {
///     let id = match event.identity() {
///         Identity::Id(id) => id,
///         _ => "no id",
///     };
///     format!("{} ({id})", event.event_type().unwrap_or("no type"))
/// }
///
/// # use qrhook::{Secrets, UnixTime, qrplanet::QrPlanet};
/// # let secrets = Secrets::one("FAKE-secret-token-do-not-use")?;
/// # let headers = [("Content-Type", "application/x-www-form-urlencoded")];
/// # let body = "event=QR_CODE_SCANNED&secrettoken=FAKE-secret-token-do-not-use";
/// # let delivery = qrhook::verify::<QrPlanet>(headers, body, &secrets, UnixTime::now())?;
/// assert_eq!(line(delivery.event()), "QR_CODE_SCANNED (no id)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait WebhookEvent: fmt::Debug + Send + Sync + 'static {
    /// Returns the means of recognising a repeat of this event.
    fn identity(&self) -> Identity<'_>;

    /// Returns the type on the wire; `None` if the event had none.
    fn event_type(&self) -> Option<&str>;

    /// Returns the type if this version knows it, for uses that must be bounded, such as the label of a metric.
    ///
    /// `None` means that the type is unknown, which the receiver logs. The default is for a sender whose types are not
    /// listed anywhere: it returns `other` for all of them.
    fn known_type(&self) -> Option<&'static str> {
        Some("other")
    }

    /// Returns the creation time of the event, according to the sender.
    fn created_at(&self) -> Option<&Timestamp>;

    /// Returns the common view of a scan; `None` if this is not a scan.
    fn scan(&self) -> Option<Scan<'_>> {
        None
    }
}

/// The means of recognising a repeat of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity<'a> {
    /// The id that the sender assigned to the event.
    Id(&'a str),
    /// The content of the event, for a sender without ids.
    Content {
        /// Whether something in the content, such as a running counter, distinguishes events that are otherwise equal.
        /// Without it, two clicks within a second look the same as one click that was sent twice.
        discriminated: bool,
    },
}

/// An event, and the oddities found in it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Decoded<E> {
    /// The event.
    pub event: E,
    /// The oddities, such as fields that did not fit their types.
    pub oddities: Oddities,
}

impl<E> Decoded<E> {
    /// Creates a decoded event.
    pub const fn new(event: E, oddities: Oddities) -> Self {
        Self { event, oddities }
    }
}
