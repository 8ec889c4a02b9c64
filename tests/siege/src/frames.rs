//! HTTP/2 frames, as a library would not send them.

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    [&length[..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// POST of a path of at most 100 bytes, with a literal for each header.
fn post(path: &str) -> Vec<u8> {
    let literal = |index: u8, text: &str| {
        let length = u8::try_from(text.len()).unwrap_or(0);
        [&[index, length], text.as_bytes()].concat()
    };
    // `:method POST`, `:scheme http`, `:path`, `:authority`.
    [vec![0x83, 0x86], literal(0x04, path), literal(0x01, "a")].concat()
}

pub(crate) fn settings() -> Vec<u8> {
    frame(SETTINGS, 0, 0, &[])
}

pub(crate) fn ping() -> Vec<u8> {
    frame(PING, 0, 0, &[7; 8])
}

/// Opens a stream with a request whose body never comes.
pub(crate) fn open(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &post(path))
}

/// The same with a header of 15 KB, which is close to the usual limit.
pub(crate) fn open_with_a_large_header(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &[post(path), large_header(15_000)].concat())
}

/// A complete request, without a body.
pub(crate) fn whole(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, stream, &post(path))
}

/// Leaves no room for the body of any response.
pub(crate) fn no_window() -> Vec<u8> {
    frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0])
}

/// Opens a stream, and resets it at once.
pub(crate) fn open_and_reset(stream: u32, path: &str) -> Vec<u8> {
    [open(stream, path), frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
}

/// Headers that go on.
pub(crate) fn endless_headers(path: &str) -> Vec<u8> {
    frame(HEADERS, 0, 1, &post(path))
}

/// One more part of them.
pub(crate) fn more_headers() -> Vec<u8> {
    frame(CONTINUATION, 0, 1, &large_header(16_000))
}

/// One more part of them, with nothing in it.
pub(crate) fn no_more_headers() -> Vec<u8> {
    frame(CONTINUATION, 0, 1, &[])
}

/// A header that is not indexed, with a value of this many bytes: at least 127 and at most 16,510.
fn large_header(length: usize) -> Vec<u8> {
    let rest = length - 0x7f;
    let (low, high) = (u8::try_from(rest & 0x7f).unwrap_or(0) | 0x80, u8::try_from(rest >> 7).unwrap_or(0));
    // A literal name of one byte, and the length of the value with a prefix of seven bits.
    [&[0x00, 1, b'x', 0x7f, low, high][..], &vec![b'a'; length]].concat()
}
