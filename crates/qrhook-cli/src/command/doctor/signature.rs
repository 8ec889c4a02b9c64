//! The signatures and times in a header that may be malformed.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};

use super::{base64, note::Note};
use crate::platform::Platform;

/// The shortest part of a signature that is tried: 64 bits, so that no other key matches by accident.
const SHORTEST: usize = 8;

/// The most times, and the most signatures, that are tried: as many as a receiver compares.
const MOST: usize = 8;

const QUOTES: [char; 6] = ['"', '\'', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'];

/// A signature as written, with the mistakes in its spelling.
pub(super) struct Signature {
    mac: Vec<u8>,
    kind: Kind,
    /// The text of the signed time, for senders that sign one.
    pub(super) time: Option<String>,
    pub(super) notes: Vec<Note>,
}

/// What the bytes of a signature are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Whole,
    /// The beginning of one.
    Cut,
    /// One with another hash function.
    Sha512,
}

/// A key, ready to sign.
pub(super) struct Signing {
    sha256: Hmac<Sha256>,
    sha512: Hmac<Sha512>,
}

impl Signing {
    /// `None` for a key that HMAC does not take.
    pub(super) fn with(key: &[u8]) -> Option<Self> {
        Some(Self { sha256: Hmac::new_from_slice(key).ok()?, sha512: Hmac::new_from_slice(key).ok()? })
    }
}

impl Signature {
    /// Whether this key signed this time and body.
    pub(super) fn matches(&self, key: &Signing, time: Option<&str>, body: &[u8]) -> bool {
        match self.kind {
            Kind::Whole => signed(key.sha256.clone(), time, body).verify_slice(&self.mac).is_ok(),
            Kind::Cut => signed(key.sha256.clone(), time, body).verify_truncated_left(&self.mac).is_ok(),
            Kind::Sha512 => signed(key.sha512.clone(), time, body).verify_slice(&self.mac).is_ok(),
        }
    }
}

fn signed<M: Mac>(mut mac: M, time: Option<&str>, body: &[u8]) -> M {
    if let Some(time) = time {
        mac.update(time.as_bytes());
        mac.update(b".");
    }
    mac.update(body);
    mac
}

/// All signatures in the values of the header, each with each time.
pub(super) fn signatures(platform: Platform, values: &[&str]) -> Vec<Signature> {
    let mut common = Vec::new();
    if values.iter().any(|value| is_joined(platform, value)) {
        common.push(Note::HeadersWereJoined);
    }
    let unquoted: Vec<&str> = values.iter().map(|value| value.trim().trim_matches(QUOTES)).collect();
    if unquoted.iter().zip(values).any(|(unquoted, value)| *unquoted != value.trim()) {
        common.push(Note::HeaderHasQuotes);
    }
    let separators: &[char] = &[',', ';', '&', ' ', '\t'];
    let items = |separators: &[char]| -> Vec<&str> {
        let items = unquoted.iter().flat_map(|value| value.split(separators));
        items.map(str::trim).filter(|item| !item.is_empty()).collect()
    };
    let mut items_found = items(&[',']);
    if platform.signs_time() && !items_found.iter().any(|item| item.starts_with("v1=")) {
        let others = items(separators);
        if others.iter().any(|item| item.starts_with("v1=")) {
            common.push(Note::HeaderHasOtherSeparators);
            items_found = others;
        }
    }
    let mut times: Vec<(Option<String>, Vec<Note>)> = Vec::new();
    if platform.signs_time() {
        for time in items_found.iter().filter_map(|item| item.strip_prefix("t=")).map(str::trim).take(MOST) {
            let digits = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
            let notes = if digits && time.len() == 13 { vec![Note::TimeInMilliseconds] } else { vec![] };
            times.push((Some(time.to_owned()), notes));
        }
        times.push((None, vec![Note::TimeWasNotSigned]));
    } else {
        times.push((None, Vec::new()));
    }
    let mut signatures = Vec::new();
    let signature = |item: &&'_ str| {
        if platform.signs_time() { item.strip_prefix("v1=").map(str::to_owned) } else { Some((*item).to_owned()) }
    };
    for value in items_found.iter().filter_map(signature).take(MOST) {
        let value = value.as_str();
        for (mac, kind, spelling) in macs(value) {
            for (time, notes) in &times {
                let notes = [&common[..], &spelling[..], &notes[..]].concat();
                signatures.push(Signature { mac: mac.clone(), kind, time: time.clone(), notes });
            }
        }
    }
    signatures
}

fn is_joined(platform: Platform, value: &str) -> bool {
    if platform.signs_time() { value.matches("t=").count() > 1 } else { value.contains(',') }
}

/// The bytes that a value may stand for.
fn macs(value: &str) -> Vec<(Vec<u8>, Kind, Vec<Note>)> {
    let (bare, prefixed) = match value.split_once('=') {
        Some((prefix, bare)) if !bare.is_empty() && bare != "=" && prefix.len() < 12 => {
            (bare, vec![Note::SignatureHasPrefix])
        }
        _ => (value, Vec::new()),
    };
    let mut macs = Vec::new();
    // Half a byte at the end of a cut signature says nothing. The library also takes digits after `0x`.
    let even = bare.get(..bare.len() & !1).filter(|digits| !digits.starts_with("0x")).unwrap_or_default();
    if let Ok(mac) = const_hex::decode(even) {
        let kind = match mac.len() {
            32 if even.len() == bare.len() => Some((Kind::Whole, None)),
            64 => Some((Kind::Sha512, Some(Note::SignatureHasOtherHash))),
            SHORTEST..32 => Some((Kind::Cut, Some(Note::SignatureWasCut))),
            _ => None,
        };
        if let Some((kind, note)) = kind {
            macs.push((mac, kind, prefixed.into_iter().chain(note).collect()));
        }
    }
    for text in [value, bare] {
        if let Some(mac) = base64::decode(text).filter(|mac| mac.len() == 32) {
            macs.push((mac, Kind::Whole, vec![Note::SignatureIsBase64]));
            break;
        }
    }
    macs
}
