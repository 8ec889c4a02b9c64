//! The payload of a JSON event.

use std::fmt;

use super::{Oddities, RawJson, Scan, read_field::Value};

pub(super) const MISSING: &str = "is missing";

/// The payloads of a JSON sender.
pub trait JsonPayload: fmt::Debug + Send + Sync + Sized + 'static {
    /// Reads the payload of an event of this type. Nothing is refused here: what cannot be read is noted.
    ///
    /// `at` is the name of the member that holds the data, with which the field of an [`Oddity`](super::Oddity) begins.
    fn decode(event_type: Option<String>, data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> Self;

    /// The type on the wire. `None` when the event named none.
    fn event_type(&self) -> Option<&str>;

    /// The common view, if this is a scan.
    fn scan(&self) -> Option<Scan<'_>> {
        None
    }
}

/// Reads the payload of a known event type, which is never refused: at worst all of it is missing, and noted.
pub(crate) fn decode_data<T: Value + Default>(data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> T {
    let Some(data) = data.filter(|data| data.as_str() != "null") else {
        oddities.note(at, MISSING);
        return T::default();
    };
    decode_at(data, at, oddities).unwrap_or_default()
}

/// Reads what stands at this place. `None` when it is `null` or does not fit at all, which is noted.
pub(crate) fn decode_at<T: Value>(json: &RawJson, at: &str, oddities: &mut Oddities) -> Option<T> {
    if let Ok(value) = T::strict(&mut serde_json::Deserializer::from_str(json.as_str())) {
        return value;
    }
    T::tolerant(json.raw()?, at, oddities)
}
