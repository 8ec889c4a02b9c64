//! A payload of the user's own type.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer};

use super::{JsonPayload, Oddities, RawJson, Source, misfit, payload::MISSING};

/// A payload of one type of your own, for a sender whose events share a shape.
///
/// If a member is repeated, the last one counts, although serde's derive alone would refuse the repetition. `Debug`
/// does not show the data.
///
/// # When the data does not fit
///
/// An authentic event is never refused for its content, so it reaches your handler with `data: None`. The delivery's
/// [`oddities`](crate::Delivery::oddities) name the member and the reason, without its value:
///
/// ```text
/// `order.total` does not fit: invalid type: string, expected u64
/// ```
///
/// **A handler that returns 2xx marks the event as handled, and the sender does not send it again.** So decide which
/// status to return for `None`:
///
/// - 503 if the event must not be lost. Its claim is released, and the sender retries until it gives up, so fix the
///   type before then. Some senders disable a hook that keeps failing.
/// - 422 to refuse the event. Its claim is released too. Most senders treat a 4xx like any other failure.
/// - 202 after storing the [`raw`](crate::Delivery::raw) body, to repair it later. This suits a sender that does not
///   retry.
///
/// ```
/// use http::StatusCode;
/// use qrhook::event::{JsonEvent, Typed};
///
/// #[derive(serde::Deserialize)]
/// struct Order {
///     total: u64,
/// }
///
/// fn on_order(event: &JsonEvent<Typed<Order>>) -> StatusCode {
///     let Some(order) = &event.payload.data else { return StatusCode::SERVICE_UNAVAILABLE };
///     println!("paid {}", order.total);
///     StatusCode::NO_CONTENT
/// }
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Typed<T> {
    /// The type on the wire; `None` if the event had none.
    pub event_type: Option<String>,
    /// The payload; `None` if it is missing or does not fit. Either case is listed in
    /// [`oddities`](crate::Delivery::oddities), and [`JsonEvent::data`](super::JsonEvent::data) returns the data as
    /// sent.
    pub data: Option<T>,
}

impl<T: DeserializeOwned + Send + Sync + 'static> JsonPayload for Typed<T> {
    fn decode(event_type: Option<String>, data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> Self {
        let Some(data) = data else {
            oddities.note(at, MISSING);
            return Self { event_type, data: None };
        };
        let data = misfit::read(data.as_str());
        let data = data.map_err(|misfit| oddities.note(format!("{at}{}", misfit.path), misfit.reason)).ok();
        Self { event_type, data }
    }

    fn read<'de, D: Deserializer<'de>>(event_type: &str, data: D, _: Source<'_>) -> Result<Self, D::Error> {
        Ok(Self { data: Some(T::deserialize(data)?), event_type: Some(event_type.to_owned()) })
    }

    fn event_type(&self) -> Option<&str> {
        self.event_type.as_deref()
    }
}

/// Does not require `Debug` of the data, and does not show it.
impl<T> fmt::Debug for Typed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let data = self.data.as_ref().map(|_| format_args!("***"));
        f.debug_struct("Typed").field("event_type", &self.event_type).field("data", &data).finish()
    }
}
