//! HTTP/2 frames, as a library would not send them.

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
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

/// Opens a stream, and resets it at once.
pub(crate) fn open_and_reset(stream: u32, path: &str) -> Vec<u8> {
    [open(stream, path), frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
}

/// Headers that go on.
pub(crate) fn endless_headers(path: &str) -> Vec<u8> {
    frame(HEADERS, 0, 1, &post(path))
}

/// One more part of them: a header of 16 KB that is not indexed.
pub(crate) fn more_headers() -> Vec<u8> {
    let value = [b'a'; 16_000];
    // A literal name of one byte, and the length of the value with a prefix of seven bits.
    let length = [0x7f, 0x81, 0x7c];
    frame(CONTINUATION, 0, 1, &[&[0x00, 1, b'x'][..], &length, &value].concat())
}
