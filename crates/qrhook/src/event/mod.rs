//! The typed content of a delivery.
//!
//! Nothing in here refuses an authentic event. A field that does not fit its type is missing from the typed event
//! and listed in [`Delivery::oddities`](crate::Delivery::oddities). A time that cannot be read is listed too, and keeps
//! its text. A member that is not known is kept in an [`Extra`]; an event type that is not known has an `Unknown` variant
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
mod raw_json;
pub(crate) mod read_field;
mod read_time;
#[cfg(test)]
mod tests;
mod tolerant;
mod typed;

use std::fmt;

pub(crate) use self::payload::{Data, InPass, Tolerantly};
pub use self::{
    common_scan::Scan,
    envelope::{Envelope, JsonEvent},
    extra::Extra,
    oddities::{Oddities, Oddity},
    payload::JsonPayload,
    raw_json::{JsonError, RawJson, Source},
    typed::Typed,
};
#[cfg(test)]
pub(crate) use self::{one_pass::read as read_in_one_pass, tolerant::read as read_tolerantly};
use crate::time::Timestamp;

/// The parts that every sender's event has.
pub trait WebhookEvent: fmt::Debug + Send + Sync + 'static {
    /// How a repeat of this event is recognized.
    fn identity(&self) -> Identity<'_>;

    /// The type on the wire. `None` when the event named none.
    fn event_type(&self) -> Option<&str>;

    /// When the event was created, as the sender says.
    fn created_at(&self) -> Option<&Timestamp>;

    /// The view of a scan that is the same for all senders; `None` when this is not a scan.
    fn scan(&self) -> Option<Scan<'_>> {
        None
    }
}

/// How a repeat of an event is recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity<'a> {
    /// The id that the sender gave it.
    Id(&'a str),
    /// Its content, for a sender that gives no ids.
    Content {
        /// Whether something in the content tells two equal events apart, such as a running counter. Without it, two
        /// clicks in one second cannot be told from one that was sent twice.
        discriminated: bool,
    },
}

/// An event, and what looked odd in it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Decoded<E> {
    /// The event.
    pub event: E,
    /// The fields that did not fit.
    pub oddities: Oddities,
}

impl<E> Decoded<E> {
    /// A decoded event.
    pub const fn new(event: E, oddities: Oddities) -> Self {
        Self { event, oddities }
    }
}
