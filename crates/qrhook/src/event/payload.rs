//! The payload of a JSON event.

use std::{convert::Infallible, fmt, marker::PhantomData};

use serde::de::{Deserializer, Error};

use super::{Oddities, RawJson, Scan, Source, object::Object, read_field::Value};

pub(super) const MISSING: &str = "is missing";

/// The payloads of a JSON sender.
pub trait JsonPayload: fmt::Debug + Send + Sync + Sized + 'static {
    /// Reads the payload of an event of this type. Nothing is refused: unreadable values are noted.
    ///
    /// `at` is the name of the member that holds the data, which begins the field of an [`Oddity`](super::Oddity).
    fn decode(event_type: Option<String>, data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> Self;

    /// Reads a payload without oddities, in the same pass as its envelope. The result is the same as that of
    /// [`decode`](Self::decode).
    ///
    /// # Errors
    ///
    /// Anything that could be odd. The event is then read again, and `decode` reports the oddities.
    fn read<'de, D: Deserializer<'de>>(event_type: &str, data: D, source: Source<'_>) -> Result<Self, D::Error> {
        let _ = (event_type, data, source);
        Err(D::Error::custom("the payload is not read in one pass"))
    }

    /// The type on the wire. `None` if the event has none.
    fn event_type(&self) -> Option<&str>;

    /// The common view of a scan, if this is one.
    fn scan(&self) -> Option<Scan<'_>> {
        None
    }
}

/// The data of an event, so that both ways of reading can share one table of payloads.
pub(crate) trait Data: Sized {
    type Error;

    fn read<T: Value + Default>(self) -> Result<T, Self::Error>;

    /// Reads an object, or the object that it contains under this name; `beside` receives the other members.
    fn read_nested<T: Object>(self, name: &str, beside: fn(&mut T, T)) -> Result<Box<T>, Self::Error>;

    fn keep(self) -> Result<Option<RawJson>, Self::Error>;
}

/// Data that is read in the same pass as its envelope.
pub(crate) struct InPass<'de, 's, D> {
    data: D,
    source: Source<'s>,
    text: PhantomData<&'de str>,
}

impl<'s, D> InPass<'_, 's, D> {
    pub(crate) const fn new(data: D, source: Source<'s>) -> Self {
        Self { data, source, text: PhantomData }
    }
}

impl<'de, D: Deserializer<'de>> Data for InPass<'de, '_, D> {
    type Error = D::Error;

    fn read<T: Value + Default>(self) -> Result<T, D::Error> {
        T::strict(self.data, self.source)?.ok_or_else(|| D::Error::custom(MISSING))
    }

    fn read_nested<T: Object>(self, name: &str, _: fn(&mut T, T)) -> Result<Box<T>, D::Error> {
        let mut object = Box::<T>::default();
        let read = object.read_nested(name, self.data, self.source)?;
        if read { Ok(object) } else { Err(D::Error::custom(MISSING)) }
    }

    fn keep(self) -> Result<Option<RawJson>, D::Error> {
        let json = RawJson::strict(self.data, self.source)?;
        json.map(Some).ok_or_else(|| D::Error::custom(MISSING))
    }
}

/// Data that is read tolerantly. It is never refused: at worst, all of it is missing and noted.
pub(crate) struct Tolerantly<'a> {
    pub(crate) data: Option<&'a RawJson>,
    pub(crate) at: &'a str,
    pub(crate) oddities: &'a mut Oddities,
}

impl Tolerantly<'_> {
    fn read_at<T: Value>(json: &RawJson, at: &str, oddities: &mut Oddities) -> Option<T> {
        T::tolerant(json.raw()?, at, json.source(), oddities)
    }

    fn read_or_default<T: Value + Default>(&mut self) -> T {
        match self.data.filter(|data| !data.is_null()) {
            Some(data) => Self::read_at(data, self.at, self.oddities).unwrap_or_default(),
            None => {
                self.oddities.note(self.at, MISSING);
                T::default()
            }
        }
    }
}

impl Data for Tolerantly<'_> {
    type Error = Infallible;

    fn read<T: Value + Default>(mut self) -> Result<T, Infallible> {
        Ok(self.read_or_default())
    }

    fn read_nested<T: Object>(mut self, name: &str, beside: fn(&mut T, T)) -> Result<Box<T>, Infallible> {
        let flat: Box<T> = self.read_or_default();
        // The flat reading does not know the nested object, and keeps it unread.
        let nested = flat.extra().get(name);
        let nested = nested.and_then(|json| Self::read_at(json, &format!("{}.{name}", self.at), self.oddities));
        let Some(mut nested): Option<Box<T>> = nested else { return Ok(flat) };
        beside(&mut nested, *flat);
        Ok(nested)
    }

    fn keep(self) -> Result<Option<RawJson>, Infallible> {
        Ok(self.data.cloned())
    }
}
