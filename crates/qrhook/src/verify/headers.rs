//! Reading the headers of a request, however they are stored.

use http::{HeaderMap, HeaderName};

/// Headers that can be looked up by name, ignoring case.
///
/// The trait is implemented for [`HeaderMap`] and for lists of names and values, so that a script needs no HTTP
/// library. An adapter for another framework implements it in a few lines. It must not fold repeated headers into one:
/// a request with two signatures is refused.
pub trait Headers {
    /// Looks up the header with this name.
    fn find(&self, name: &HeaderName) -> Found<'_>;
}

/// The result of looking up a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// There is no such header.
    Missing,
    /// There is one header line, with this value.
    One(&'a [u8]),
    /// There is more than one header line.
    Repeated,
}

impl<'a> Found<'a> {
    /// The result for an iterator over all values of one name.
    #[inline]
    pub fn among(mut values: impl Iterator<Item = &'a [u8]>) -> Self {
        match (values.next(), values.next()) {
            (None, _) => Self::Missing,
            (Some(value), None) => Self::One(value),
            (Some(_), Some(_)) => Self::Repeated,
        }
    }
}

impl Headers for HeaderMap {
    #[inline]
    fn find(&self, name: &HeaderName) -> Found<'_> {
        Found::among(self.get_all(name).iter().map(http::HeaderValue::as_bytes))
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn find(&self, name: &HeaderName) -> Found<'_> {
        let named = |line: &&(N, V)| line.0.as_ref().eq_ignore_ascii_case(name.as_str());
        Found::among(self.iter().filter(named).map(|(_, value)| value.as_ref()))
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const LINES: usize> Headers for [(N, V); LINES] {
    fn find(&self, name: &HeaderName) -> Found<'_> {
        self.as_slice().find(name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for Vec<(N, V)> {
    fn find(&self, name: &HeaderName) -> Found<'_> {
        self.as_slice().find(name)
    }
}

impl<T: Headers + ?Sized> Headers for &T {
    fn find(&self, name: &HeaderName) -> Found<'_> {
        (**self).find(name)
    }
}
