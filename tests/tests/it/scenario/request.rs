//! A request, built from parts, each of which can be wrong on its own.

use qrhook::{UnixTime, testing};

use super::{SECRET, Sender, for_sender};

#[derive(Clone)]
pub struct Request {
    pub method: &'static str,
    /// One of the two hooks.
    pub endpoint: &'static str,
    pub query: &'static str,
    /// The header lines as sent, without those about the length.
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    pub framing: Framing,
    pub ending: Ending,
}

/// The way in which the request declares the length of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// The true length.
    Length,
    /// This length, which may be wrong.
    Says(usize),
    /// The body is sent in chunks. On HTTP/2, no length is declared.
    Chunked,
    /// The true length, and the client waits for `100 Continue` before it sends the body.
    Continue,
}

/// The behaviour of the client after the last byte that it sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It waits for the response.
    Waits,
    /// It closes its sending side and waits for the response. On HTTP/2 the stream ends, as with [`Self::Waits`].
    HalfCloses,
    /// It waits although it declared more. On HTTP/2, the stream does not end.
    Stops,
}

impl Request {
    pub const ENDPOINT: &'static str = "crm";
    pub const OTHER_ENDPOINT: &'static str = "shop";

    /// A request that is signed like one from the sender.
    pub fn signed(sender: Sender, body: impl Into<Vec<u8>>) -> Self {
        Self::signed_by(sender, body, &[SECRET], 0)
    }

    /// A request signed with these secrets, `offset` seconds from now. Several secrets give several `v1`.
    pub fn signed_by(sender: Sender, body: impl Into<Vec<u8>>, secrets: &[&str], offset: i64) -> Self {
        let at = UnixTime::from_secs(UnixTime::now().as_secs() + offset);
        let body = body.into();
        let mut request: Option<Self> = None;
        for secret in secrets {
            let signed = for_sender!(sender, P => testing::sign::<P>(secret, body.clone(), at));
            let headers =
                signed.headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_owned()));
            let headers: Vec<_> = headers.collect();
            match &mut request {
                None => request = Some(Self::bare(headers, signed.body)),
                Some(request) => {
                    let value = headers.into_iter().find(|(name, _)| name.ends_with("signature")).unwrap().1;
                    let v1 = value.splitn(2, |byte| *byte == b',').nth(1).unwrap().to_owned();
                    request.signature().extend_from_slice(&[b",", v1.as_slice()].concat());
                }
            }
        }
        request.unwrap()
    }

    /// A form with this content type. The token, if there is one, is already in the body.
    pub fn form(content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::bare(vec![("content-type".to_owned(), content_type.as_bytes().to_owned())], body)
    }

    pub fn bare(headers: Vec<(String, Vec<u8>)>, body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: "POST",
            endpoint: Self::ENDPOINT,
            query: "",
            headers,
            body: body.into(),
            framing: Framing::Length,
            ending: Ending::Waits,
        }
    }

    pub fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub fn endpoint(self, endpoint: &'static str) -> Self {
        Self { endpoint, ..self }
    }

    pub fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    pub fn framing(self, framing: Framing) -> Self {
        Self { framing, ..self }
    }

    pub fn ending(self, ending: Ending) -> Self {
        Self { ending, ..self }
    }

    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Replaces the body and keeps the headers.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The value of the signature header.
    pub fn signature(&mut self) -> &mut Vec<u8> {
        &mut self.headers.iter_mut().find(|(name, _)| name.ends_with("signature")).unwrap().1
    }

    /// Changes the value of the signature header.
    pub fn resigned(mut self, change: impl FnOnce(&str) -> String) -> Self {
        let value = self.signature();
        *value = change(std::str::from_utf8(value).unwrap()).into_bytes();
        self
    }

    /// The declared length, if there is one.
    pub fn announced(&self) -> Option<usize> {
        match self.framing {
            Framing::Length | Framing::Continue => Some(self.body.len()),
            Framing::Says(length) => Some(length),
            Framing::Chunked => None,
        }
    }

    /// Whether it is a complete request, which its headers and body describe entirely.
    pub fn is_whole(&self) -> bool {
        let one_length = self.headers.iter().all(|(name, _)| name != "content-length");
        one_length && self.method == "POST" && self.ending != Ending::Stops && !matches!(self.framing, Framing::Says(_))
    }
}
