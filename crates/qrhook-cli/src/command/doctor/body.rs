//! The bodies that a changed one may have been.

use std::io::Read;

use qrhook::testing::samples;

use super::{
    base64,
    json::{Document, Style},
    note::Note,
};
use crate::platform::Platform;

/// A body, and the mistakes that lead from it to the received one.
pub(super) type Candidate = (Vec<u8>, Vec<Note>);

const MARK: &[u8] = b"\xef\xbb\xbf";

/// The received body, then the bodies that it may have been before a mistake, the simple ones first.
pub(super) fn candidates(platform: Platform, body: &[u8], limit: usize) -> impl Iterator<Item = Candidate> {
    let decoded = decoded(body, limit);
    let simple: Vec<Candidate> = decoded.iter().flat_map(|(body, notes)| edges(body, notes)).collect();
    let documents = decoded.into_iter().flat_map(move |(body, notes)| reserialised(platform, &body, notes));
    simple.into_iter().chain(documents)
}

/// The body itself, and what it decodes to.
fn decoded(body: &[u8], limit: usize) -> Vec<Candidate> {
    let mut all = vec![(body.to_vec(), Vec::new())];
    let text = std::str::from_utf8(body).ok().map(str::trim);
    if let Some(inner) = text.and_then(|text| base64::decode(text.trim_matches('"'))) {
        all.push((inner, vec![Note::BodyIsBase64]));
    }
    let inflated: Vec<Candidate> = all
        .iter()
        .filter_map(|(bytes, notes)| Some((inflated(bytes, limit)?, [&notes[..], &[Note::BodyIsCompressed]].concat())))
        .collect();
    all.extend(inflated);
    if let Some(text) = text {
        all.extend(unwrapped(text));
    }
    all.extend(transcoded(body));
    all
}

/// The bodies that a text may have been put into.
fn unwrapped(text: &str) -> Vec<Candidate> {
    let mut all = Vec::new();
    if let Ok(inner) = serde_json::from_str::<String>(text) {
        all.push((inner.into_bytes(), vec![Note::BodyIsJsonString]));
    }
    // The event of an API gateway: `{"body":"..","isBase64Encoded":true}`.
    if let Ok(event) = serde_json::from_str::<serde_json::Value>(text)
        && let Some(inner) = event.get("body").and_then(serde_json::Value::as_str)
    {
        all.push((inner.as_bytes().to_vec(), vec![Note::BodyIsInsideEvent]));
        all.extend(base64::decode(inner).map(|inner| (inner, vec![Note::BodyIsInsideEvent])));
    }
    // `payload=%7B..`, or the same without a name.
    if text.starts_with("%7B") || text.contains("=%7B") {
        let encoded = text.split_once('=').map_or(text, |(_, value)| value);
        // A plus sign is a blank here, and does not end a name.
        let decoded = form_urlencoded::parse(encoded.as_bytes()).next();
        all.extend(decoded.map(|(inner, _)| (inner.into_owned().into_bytes(), vec![Note::BodyIsUrlEncoded])));
    }
    all
}

/// Reads a unit of UTF-16, in one order of its bytes.
type Unit = fn([u8; 2]) -> u16;

/// The bodies that were read in one character encoding and written in another.
fn transcoded(body: &[u8]) -> Vec<Candidate> {
    let mut all = Vec::new();
    let mut add = |bytes: Vec<u8>, what| all.push((bytes, vec![Note::BodyHasOtherEncoding(what)]));
    match std::str::from_utf8(body) {
        Err(_) => {
            let text: String = body.iter().map(|byte| char::from(*byte)).collect();
            add(text.into_bytes(), "written as Latin-1, and signed as UTF-8");
        }
        Ok(text) if !text.is_ascii() => {
            let bytes: Option<Vec<u8>> = text.chars().map(|character| u8::try_from(character).ok()).collect();
            if let Some(bytes) = bytes {
                add(bytes, "read as Latin-1, although it was signed as UTF-8");
            }
        }
        Ok(_) => {}
    }
    let orders: [(&[u8], Unit); 2] = [(b"\xff\xfe", u16::from_le_bytes), (b"\xfe\xff", u16::from_be_bytes)];
    for (mark, unit) in orders {
        let Some(rest) = body.strip_prefix(mark) else { continue };
        let units: Vec<u16> = rest.chunks_exact(2).filter_map(|pair| Some(unit(pair.try_into().ok()?))).collect();
        if let Ok(text) = String::from_utf16(&units) {
            add(text.into_bytes(), "written as UTF-16, and signed as UTF-8");
        }
    }
    all
}

/// The content of a gzip stream, up to a limit. `None` if this is not one.
fn inflated(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return None;
    }
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut inner = Vec::new();
    flate2::read::GzDecoder::new(bytes).take(limit).read_to_end(&mut inner).ok()?;
    Some(inner)
}

/// Changes at the edges and of the line breaks.
fn edges(body: &[u8], notes: &[Note]) -> Vec<Candidate> {
    let mut all = vec![(body.to_vec(), notes.to_vec())];
    let mut add = |bytes: Vec<u8>, more: &[Note]| {
        if bytes != body {
            all.push((bytes, [notes, more].concat()));
        }
    };
    let unmarked = body.strip_prefix(MARK).unwrap_or(body);
    let marked = if unmarked.len() == body.len() { vec![] } else { vec![Note::BodyGainedByteOrderMark] };
    add(unmarked.to_vec(), &marked);
    add([MARK, body].concat(), &[Note::BodyLostByteOrderMark]);
    // One, two and three bytes less, and all: each of them is a copy, and a body may be nothing but line breaks.
    let breaks = unmarked.iter().rev().take_while(|byte| b"\r\n".contains(byte)).count();
    let mut shorter = unmarked;
    for less in [1, 2, 3, breaks].into_iter().filter(|less| (1..=breaks).contains(less)) {
        shorter = unmarked.get(..unmarked.len().saturating_sub(less)).unwrap_or_default();
        add(shorter.to_vec(), &[&marked[..], &[Note::BodyGainedLineBreak]].concat());
    }
    let trimmed = unmarked.trim_ascii();
    if trimmed != shorter {
        add(trimmed.to_vec(), &[&marked[..], &[Note::BodyGainedWhiteSpace]].concat());
    }
    for end in [&b"\n"[..], b"\r\n"] {
        add([unmarked, end].concat(), &[&marked[..], &[Note::BodyLostLineBreak]].concat());
    }
    let lines = unmarked.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let lines: Vec<&[u8]> = lines.collect();
    for bytes in [lines.join(&b"\n"[..]), lines.join(&b"\r\n"[..])] {
        let end = bytes.strip_suffix(b"\n").map(|rest| rest.strip_suffix(b"\r").unwrap_or(rest).to_vec());
        let changed = [&marked[..], &[Note::BodyHasOtherLineBreaks]].concat();
        add(bytes, &changed);
        if let Some(end) = end {
            add(end, &[&changed[..], &[Note::BodyGainedLineBreak]].concat());
        }
    }
    all
}

/// The JSON in every style, in the received order and in the order of the sender's own sample.
fn reserialised(platform: Platform, body: &[u8], notes: Vec<Note>) -> impl Iterator<Item = Candidate> + use<> {
    // What was signed was not many times larger.
    let longest = body.len().saturating_mul(8).saturating_add(64 * 1024);
    let text = std::str::from_utf8(body.strip_prefix(MARK).unwrap_or(body)).ok();
    let document = text.and_then(Document::parse);
    let mut documents = Vec::new();
    if let Some(document) = document {
        let orders = samples::of(platform.name())
            .iter()
            .filter_map(|sample| Document::parse(std::str::from_utf8(sample.body).ok()?))
            .filter_map(|sample| document.ordered_like(&sample));
        let reordered: Vec<_> = orders.collect();
        documents.push((document, false));
        documents.extend(reordered.into_iter().map(|document| (document, true)));
    }
    documents.into_iter().flat_map(move |(document, reordered)| {
        let notes = notes.clone();
        Style::all().into_iter().flat_map(move |style| {
            let written = document.write(style, longest);
            let mut words = style.words();
            if reordered {
                words.push("with its keys in the sender's order");
            }
            let changed = [&notes[..], &[Note::BodyWasReserialised(words)]].concat();
            let broken = [&changed[..], &[Note::BodyLostLineBreak]].concat();
            let with_break = format!("{written}\n");
            [(written.into_bytes(), changed), (with_break.into_bytes(), broken)]
        })
    })
}
