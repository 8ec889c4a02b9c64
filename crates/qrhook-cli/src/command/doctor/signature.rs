//! The signatures and times in a header that may be malformed.

use super::{base64, note::Note};
use crate::sender::Sender;

/// A signature as written, with the mistakes in its spelling.
pub(super) struct Signature {
    pub(super) mac: Vec<u8>,
    /// The text of the signed time, for senders that sign one.
    pub(super) time: Option<String>,
    pub(super) notes: Vec<Note>,
}

/// All signatures in the values of the header, each with each time.
pub(super) fn signatures(sender: Sender, values: &[&str]) -> Vec<Signature> {
    let joined =
        if values.iter().any(|value| is_joined(sender, value)) { vec![Note::HeadersWereJoined] } else { vec![] };
    let items: Vec<&str> = values.iter().flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut times: Vec<(Option<String>, Vec<Note>)> = Vec::new();
    if sender.signs_time() {
        for time in items.iter().filter_map(|item| item.strip_prefix("t=")).map(str::trim) {
            let digits = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
            let notes = if digits && time.len() == 13 { vec![Note::TimeInMilliseconds] } else { vec![] };
            times.push((Some(time.to_owned()), notes));
        }
    } else {
        times.push((None, Vec::new()));
    }
    let mut signatures = Vec::new();
    for item in items {
        let value = if sender.signs_time() { item.strip_prefix("v1=").unwrap_or_default() } else { item };
        for (mac, spelling) in macs(value) {
            for (time, notes) in &times {
                let notes = [&joined[..], &spelling[..], &notes[..]].concat();
                signatures.push(Signature { mac: mac.clone(), time: time.clone(), notes });
            }
        }
    }
    signatures
}

fn is_joined(sender: Sender, value: &str) -> bool {
    if sender.signs_time() { value.matches("t=").count() > 1 } else { value.contains(',') }
}

/// The 32 bytes that a value may stand for.
fn macs(value: &str) -> Vec<(Vec<u8>, Vec<Note>)> {
    let (bare, prefixed) = match value.split_once('=') {
        Some((prefix, bare)) if !bare.is_empty() && bare != "=" && prefix.len() < 12 => {
            (bare, vec![Note::SignatureHasPrefix])
        }
        _ => (value, Vec::new()),
    };
    let mut macs = Vec::new();
    // The library also takes digits after `0x`.
    if bare.len() == 64
        && let Ok(mac) = const_hex::decode(bare)
        && mac.len() == 32
    {
        macs.push((mac, prefixed));
    }
    for text in [value, bare] {
        if let Some(mac) = base64::decode(text).filter(|mac| mac.len() == 32) {
            macs.push((mac, vec![Note::SignatureIsBase64]));
            break;
        }
    }
    macs
}
