//! The search for the mistakes that explain a signature.

use std::time::{Duration, Instant};

use super::{
    body,
    note::Note,
    secret::{self, Key},
    signature::{Signature, Signing},
};
use qrhook::UnixTime;

use crate::platform::Platform;

/// The time that a search may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The distance from the time in the header to that of another attempt: more than any retry schedule.
const ATTEMPTS: i64 = 24 * 3600;

/// A secret to try: the name of its place and its text.
pub(super) struct Configured {
    /// The variable, or the entry of the file.
    pub(super) place: String,
    pub(super) text: String,
    /// Whether this is one of the secrets that the request should be signed with.
    pub(super) expected: bool,
    /// The end of a secret that is not accepted any more.
    pub(super) replaced: Option<UnixTime>,
}

/// The outcome of a search.
pub(super) struct Found {
    /// The mistakes, none of which are left out. `None` if no combination matches.
    pub(super) notes: Option<Vec<Note>>,
    /// The number of combinations that were tried.
    pub(super) tried: u64,
    /// Whether the time was too short for all combinations.
    pub(super) cut_short: bool,
}

impl Found {
    pub(super) const NOTHING: Self = Self { notes: None, tried: 0, cut_short: false };

    /// Keeps these mistakes if they are fewer than those found so far.
    pub(super) fn offer(&mut self, notes: Vec<Note>) {
        if self.notes.as_ref().is_none_or(|found| notes.len() < found.len()) {
            self.notes = Some(notes);
        }
    }
}

struct Keyed {
    signing: Signing,
    notes: Vec<Note>,
}

/// Tries all combinations of keys, bodies and signatures, the ones with few mistakes first.
pub(super) fn search(
    platform: Platform,
    secrets: &[Configured],
    signatures: &[Signature],
    received: &[u8],
    limit: usize,
) -> Found {
    let started = Instant::now();
    let keyed = |key: Key| Some(Keyed { signing: Signing::with(&key.bytes)?, notes: key.notes });
    let keys: Vec<Keyed> = keys(secrets).into_iter().filter_map(keyed).collect();
    let mut found = Found::NOTHING;
    for (body, body_notes) in body::candidates(platform, received, limit) {
        // A later body has at least as many mistakes as this one has without any of the key or the header.
        if found.notes.as_ref().is_some_and(|notes| notes.len() <= body_notes.len()) {
            break;
        }
        for key in &keys {
            for signature in signatures {
                if started.elapsed() > PATIENCE {
                    found.cut_short = true;
                    return found;
                }
                found.tried = found.tried.saturating_add(1);
                if signature.matches(&key.signing, signature.time.as_deref(), &body) {
                    found.offer([&key.notes[..], &body_notes[..], &signature.notes[..]].concat());
                }
            }
        }
    }
    if found.notes.is_none() {
        another_attempt(&keys, signatures, received, started, &mut found);
    }
    found
}

/// The keys that the secrets may stand for, those with few mistakes first.
pub(super) fn keys(secrets: &[Configured]) -> Vec<Key> {
    let mut keys = Vec::new();
    for Configured { place, text, expected, replaced } in secrets {
        for mut key in secret::keys(text) {
            match replaced {
                Some(since) => key.notes.insert(0, Note::Replaced { name: place.clone(), since: *since }),
                None if !expected => key.notes.insert(0, Note::OtherVariable(place.clone())),
                None => {}
            }
            keys.push(key);
        }
    }
    keys.sort_by_key(|key| key.notes.len());
    keys
}

/// Tries the moments around the time in the header with the received body.
fn another_attempt(keys: &[Keyed], signatures: &[Signature], body: &[u8], started: Instant, found: &mut Found) {
    for signature in signatures {
        let Some(time) = signature.time.as_deref().and_then(|time| time.parse::<i64>().ok()) else { continue };
        for distance in (1..=ATTEMPTS).flat_map(|distance| [distance, distance.saturating_neg()]) {
            let signed_at = time.saturating_add(distance);
            let text = signed_at.to_string();
            for key in keys.iter().filter(|key| key.notes.is_empty()) {
                if started.elapsed() > PATIENCE {
                    found.cut_short = true;
                    return;
                }
                found.tried = found.tried.saturating_add(1);
                if signature.matches(&key.signing, Some(&text), body) {
                    found.notes =
                        Some([&signature.notes[..], &[Note::SignatureOfAnotherAttempt { signed_at }]].concat());
                    return;
                }
            }
        }
    }
}
