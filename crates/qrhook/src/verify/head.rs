//! The head of a request, which names its tenant.

use std::fmt;

use http::{HeaderName, Method, header};

use super::{Found, Headers};

/// The head of a request: what there is before its body.
///
/// # Example
///
/// ```
/// use http::{HeaderName, Method};
/// use qrhook::Head;
///
/// let headers = [("Host", "acme.hooks.example.com:443"), ("X-Shop", "42")];
/// let head = Head::new(&Method::POST, &headers).with_path("/hooks/caf%C3%A9");
/// assert_eq!(head.last_segment().as_deref(), Some("café"));
/// assert_eq!(head.host().as_deref(), Some("acme.hooks.example.com"));
/// assert_eq!(head.header(&HeaderName::from_static("x-shop")), Some("42"));
/// ```
pub struct Head<'a, H: ?Sized = dyn Headers + 'a> {
    method: &'a Method,
    path: &'a str,
    authority: Option<&'a str>,
    headers: &'a H,
}

impl<'a, H: Headers> Head<'a, H> {
    /// The head of a request with this method and these headers, at the path `/`.
    pub const fn new(method: &'a Method, headers: &'a H) -> Self {
        Self { method, path: "/", authority: None, headers }
    }

    /// The head of a `POST` with these headers.
    pub const fn post(headers: &'a H) -> Self {
        Self::new(&Method::POST, headers)
    }

    pub(crate) fn headers(&self) -> &'a H {
        self.headers
    }

    /// The same head, without the type of its headers.
    pub(crate) fn erased(&self) -> Head<'a> {
        Head { method: self.method, path: self.path, authority: self.authority, headers: self.headers }
    }
}

impl<'a, H: Headers + ?Sized> Head<'a, H> {
    /// Sets the path, as it was received: percent-encoded, and without a query.
    #[must_use]
    pub const fn with_path(self, path: &'a str) -> Self {
        Self { path, ..self }
    }

    /// Sets the authority of the URI, which takes the place of the `Host` header in HTTP/2.
    #[must_use]
    pub const fn with_authority(self, authority: Option<&'a str>) -> Self {
        Self { authority, ..self }
    }

    /// The method.
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The path, percent-encoded.
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// The last segment of the path, decoded. `None` if it is empty or not UTF-8.
    pub fn last_segment(&self) -> Option<String> {
        let segment = self.path.rsplit('/').next().filter(|segment| !segment.is_empty())?;
        String::from_utf8(percent_decoded(segment)?).ok()
    }

    /// The host that the client asked for, in lower case, without a port and without a final dot: one host has one
    /// spelling.
    pub fn host(&self) -> Option<String> {
        let host = self.authority.or_else(|| self.header(&header::HOST))?;
        let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
        // The colons within the brackets of an IPv6 address begin no port.
        let name = if port.bytes().all(|byte| byte.is_ascii_digit()) { name } else { host };
        Some(name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase())
    }

    /// The value of a header. `None` if there is no such header, more than one, or one that is not UTF-8.
    pub fn header(&self, name: &HeaderName) -> Option<&'a str> {
        match self.headers.find(name) {
            Found::One(value) => std::str::from_utf8(value).ok(),
            Found::Missing | Found::Repeated => None,
        }
    }
}

/// Decodes a segment of a path. `None` if a `%` is not followed by two hexadecimal digits.
fn percent_decoded(segment: &str) -> Option<Vec<u8>> {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::with_capacity(segment.len());
    let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' { digit(bytes.next())? << 4 | digit(bytes.next())? } else { byte });
    }
    Some(decoded)
}

impl<H: ?Sized> Clone for Head<'_, H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H: ?Sized> Copy for Head<'_, H> {}

/// Shows nothing that a stranger wrote.
impl<H: ?Sized> fmt::Debug for Head<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(path: &str) -> Option<String> {
        Head::new(&Method::POST, &[("a", "b")]).with_path(path).last_segment()
    }

    #[test]
    fn the_last_segment_is_decoded() {
        let cases = [
            ("/hooks/acme", Some("acme")),
            ("/hooks/a%2Fb", Some("a/b")),
            ("/hooks/a%2fb", Some("a/b")),
            ("/hooks/+", Some("+")),
            ("acme", Some("acme")),
            ("/hooks/", None),
            ("/", None),
            ("", None),
            ("/%", None),
            ("/%4", None),
            ("/%+1", None),
            ("/%ff", None),
        ];
        for (path, expected) in cases {
            assert_eq!(at(path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn a_host_has_one_spelling_and_no_port() {
        let cases = [
            ("acme.example", "acme.example"),
            ("acme.example:8443", "acme.example"),
            ("[::1]", "[::1]"),
            ("[::1]:80", "[::1]"),
            ("acme.example:", "acme.example"),
            ("ACME.example.", "acme.example"),
            ("Acme.Example.:80", "acme.example"),
        ];
        for (value, expected) in cases {
            let headers = [("Host", value)];
            assert_eq!(Head::new(&Method::POST, &headers).host().as_deref(), Some(expected));
            let other = [("Host", "other")];
            assert_eq!(Head::new(&Method::POST, &other).with_authority(Some(value)).host().as_deref(), Some(expected));
        }
        let twice = [("Host", "a"), ("Host", "b")];
        assert_eq!(Head::new(&Method::POST, &twice).host(), None);
    }
}
