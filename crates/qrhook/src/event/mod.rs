//! The typed content of a delivery.
//!
//! Decoding never refuses an authentic event because of its fields. A field that does not fit its type is missing from
//! the typed event, and listed in [`Delivery::oddities`](crate::Delivery::oddities). An unreadable time is listed as
//! well, but keeps its text. An unknown member is kept in an [`Extra`], and an unknown event type is an `Unknown`
//! variant with its data.

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

/// The parts that the events of all senders have.
pub trait WebhookEvent: fmt::Debug + Send + Sync + 'static {
    /// The property by which a repeat of this event is recognised.
    fn identity(&self) -> Identity<'_>;

    /// The type on the wire. `None` if the event has none.
    fn event_type(&self) -> Option<&str>;

    /// The creation time of the event, according to the sender.
    fn created_at(&self) -> Option<&Timestamp>;

    /// The view of a scan that all senders share. `None` if this is not a scan.
    fn scan(&self) -> Option<Scan<'_>> {
        None
    }
}

/// The property by which a repeat of an event is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity<'a> {
    /// The id from the sender.
    Id(&'a str),
    /// The content, for a sender without ids.
    Content {
        /// Whether the content has something that distinguishes two equal events, such as a running counter. Without
        /// it, two clicks in one second look the same as one click that was sent twice.
        discriminated: bool,
    },
}

/// An event and its oddities.
#[derive(Debug)]
#[non_exhaustive]
pub struct Decoded<E> {
    /// The event.
    pub event: E,
    /// The fields that do not fit.
    pub oddities: Oddities,
}

impl<E> Decoded<E> {
    /// A decoded event.
    pub const fn new(event: E, oddities: Oddities) -> Self {
        Self { event, oddities }
    }
}
