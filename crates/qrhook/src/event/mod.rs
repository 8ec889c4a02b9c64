//! What the senders tell: the typed content of a delivery.
//!
//! Nothing in here refuses an authentic event. A field that does not fit its type is missing from the typed event
//! and listed in [`Delivery::oddities`](crate::Delivery::oddities); a member that is not known is kept in an
//! [`Extra`]; an event type that is not known has an `Unknown` variant with its data.

mod envelope;
pub(crate) mod object;
mod oddity;
mod raw;
mod scan;
pub(crate) mod value;

use std::fmt;

pub(crate) use self::envelope::{decode_at, decode_data};
pub use self::{
    envelope::{Envelope, JsonEvent, JsonPayload, Typed},
    oddity::{Oddities, Oddity},
    raw::{Extra, JsonError, RawJson},
    scan::Scan,
};
use crate::time::Timestamp;

/// What every sender's event can say of itself.
pub trait WebhookEvent: fmt::Debug + Send + Sync + 'static {
    /// What makes this event the same as another one.
    fn identity(&self) -> Identity<'_>;

    /// The type on the wire. `None` when the event named none.
    fn event_type(&self) -> Option<&str>;

    /// When the event was created, as the sender says.
    fn created_at(&self) -> Option<&Timestamp>;

    /// The view of a scan that is the same for all senders; `None` when this is no scan.
    fn scan(&self) -> Option<Scan<'_>> {
        None
    }
}

/// What makes an event the same as another one.
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
