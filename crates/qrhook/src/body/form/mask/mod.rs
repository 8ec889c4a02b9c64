//! Masks the token wherever else it appears in a form: a sender that writes it twice, or quotes its own request in a
//! URL, must not put it into logs and stores.
//!
//! It is searched for in every encoding that a sender would produce, including several on top of each other:
//! percent-encoded in either case and with `+` or `%20`, as HTML, as a JSON string, and in base64 as in HTTP
//! credentials. How thorough the search is depends on the token's length, because a short one may appear in a value by
//! chance.

use std::{borrow::Cow, ops::Range};

use memchr::memmem::Finder;

use super::{Form, urlencoded};
use crate::body::hex;

/// From this length on, the token is masked wherever it appears.
const ANYWHERE: usize = 16;

/// From this length on, a value that equals the token is masked. A shorter token may be an ordinary word.
const EQUAL: usize = 8;

/// The most layers of encoding that are decoded.
const LAYERS: usize = 4;

const MASK: Cow<'static, [u8]> = Cow::Borrowed(b"***");
const REASON: &str = "held the token, and was masked";

impl<'a> Form<'a> {
    /// Masks the token in names and values, and notes each field that held it.
    pub(crate) fn mask(&mut self, token: &[u8]) {
        let Some(wholes) = wholes(token) else { return };
        // Most forms have no field that is long enough, and need no search.
        let shortest = wholes.iter().map(|whole| whole.len()).min().unwrap_or_default();
        // An escape may hold the first two bytes of the token, in one byte.
        let is_short = |text: &[u8]| text.len().saturating_add(1) < shortest;
        if self.as_bytes().all(|(name, value)| is_short(name) && is_short(value))
            && self.notes.iter().all(|note| is_short(&note.place))
        {
            return;
        }
        let needle = Needle::of(token, wholes);
        for note in self.notes.iter_mut().filter(|note| needle.is_in(&note.place)) {
            note.place = MASK;
        }
        let mut masked = Vec::new();
        for (name, value) in &mut self.fields {
            let (in_name, in_value) = (needle.is_in(name), needle.is_in(value));
            if in_name {
                *name = MASK;
            }
            if in_value {
                *value = MASK;
            }
            if in_name || in_value {
                masked.push(name.clone());
            }
        }
        for name in masked {
            self.unchanged = None;
            self.note(name, REASON);
        }
        let is_beside = |(body, place)| needle.is_beside(&urlencoded::range(body, place), body);
        if self.unchanged.is_some_and(is_beside) {
            self.unchanged = None;
        }
    }
}

/// The token as it is, and decoded if it looks encoded. `None` when it is too short to search for.
fn wholes(token: &[u8]) -> Option<Vec<Cow<'_, [u8]>>> {
    let least = [ANYWHERE, EQUAL].into_iter().find(|&least| token.len() >= least)?;
    let mut wholes = vec![unify_blanks(token)];
    let mut plain = decode(&wholes[0]);
    while let Some(decoded) = plain.as_deref().and_then(decode) {
        plain = Some(decoded);
    }
    wholes.extend(plain.filter(|plain| plain.len() >= least).map(Cow::Owned));
    Some(wholes)
}

/// A token to search for.
struct Needle<'t> {
    wholes: Vec<Cow<'t, [u8]>>,
    parts: Vec<Finder<'static>>,
}

impl<'t> Needle<'t> {
    fn of(token: &'t [u8], wholes: Vec<Cow<'t, [u8]>>) -> Self {
        let mut parts: Vec<_> = wholes.iter().map(|whole| whole.to_vec()).collect();
        if token.len() >= ANYWHERE {
            // None of these is shorter than the token. Most are the same in both alphabets.
            parts.extend(base64(token, b'+', b'/'));
            for part in base64(token, b'-', b'_') {
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        } else {
            // In quotes, as in a list or an object that is kept as JSON.
            parts.iter_mut().for_each(|part| *part = [b"\"", &**part, b"\""].concat());
        }
        let parts = parts.iter().map(|part| Finder::new(part).into_owned()).collect();
        Self { wholes, parts }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        self.is_in_decoded(text) || self.is_in_encoded(text)
    }

    /// In a text that is url-encoded, the digits of an escape may be the beginning of the token: `%3Fabc` decodes to
    /// `?abc`, and holds `Fabc`. The cheap search for the rest comes first.
    fn is_in_encoded(&self, text: &[u8]) -> bool {
        let may_hold = |part: &Finder<'static>| match part.needle() {
            [first, _, tail @ ..] if first.is_ascii_hexdigit() => memchr::memmem::find(text, tail).is_some(),
            _ => false,
        };
        if !self.literals().iter().any(may_hold) {
            return false;
        }
        let mut encoded = Vec::new();
        urlencoded::encode(text, &mut encoded);
        self.literals().iter().any(|part| part.find(&encoded).is_some())
    }

    /// Whether a body holds the token outside of its own field. An escape that nobody needs, such as `%4F`, is only in
    /// the body as it was sent.
    fn is_beside(&self, own: &Range<usize>, body: &[u8]) -> bool {
        self.literals().iter().any(|part| part.find_iter(body).any(|at| !own.contains(&at)))
    }

    /// The parts that are the token itself, without base64.
    fn literals(&self) -> &[Finder<'static>] {
        self.parts.get(..self.wholes.len()).unwrap_or_default()
    }

    fn is_in_decoded(&self, text: &[u8]) -> bool {
        let mut text = unify_blanks(text);
        for _ in 0..=LAYERS {
            if self.wholes.iter().any(|whole| **whole == *text)
                || self.parts.iter().any(|part| part.find(&text).is_some())
            {
                return true;
            }
            match decode(&text) {
                Some(decoded) => text = decoded.into(),
                None => return false,
            }
        }
        false
    }
}

/// A blank may be written as `+`, so both become `+`.
fn unify_blanks(text: &[u8]) -> Cow<'_, [u8]> {
    match memchr::memchr(b' ', text) {
        Some(_) => text.iter().map(|&byte| if byte == b' ' { b'+' } else { byte }).collect(),
        None => text.into(),
    }
}

/// Decodes one layer of percent encoding, HTML and JSON escapes. `None` when there is none.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr3(b'%', b'&', b'\\', text)?;
    let mut decoded = Vec::with_capacity(text.len());
    let (mut rest, mut found) = (text, false);
    while let [byte, tail @ ..] = rest {
        match decode_one(*byte, tail) {
            Some((character, tail)) => {
                found = true;
                let character = if character == ' ' { '+' } else { character };
                match u8::try_from(character) {
                    // A percent-encoded byte, which may be only part of a character.
                    Ok(part) if *byte == b'%' => decoded.push(part),
                    _ => decoded.extend(character.encode_utf8(&mut [0; 4]).bytes()),
                }
                rest = tail;
            }
            None => {
                decoded.push(*byte);
                rest = tail;
            }
        }
    }
    found.then_some(decoded)
}

fn decode_one(first: u8, tail: &[u8]) -> Option<(char, &[u8])> {
    match (first, tail) {
        (b'%', _) => hex::pair(tail).map(|(byte, tail)| (char::from(byte), tail)),
        (b'\\', [b'u', tail @ ..]) => {
            let (high, tail) = hex::pair(tail)?;
            let (low, tail) = hex::pair(tail)?;
            Some((char::from_u32(u16::from_be_bytes([high, low]).into())?, tail))
        }
        (b'\\', [byte @ (b'"' | b'\\' | b'/' | b'\''), tail @ ..]) => Some((char::from(*byte), tail)),
        (b'&', _) => {
            let end = tail.iter().take(10).position(|&byte| byte == b';')?;
            let (entity, tail) = tail.split_at(end);
            Some((html_entity(entity)?, tail.get(1..)?))
        }
        _ => None,
    }
}

/// Decodes the entities that escaping functions write.
fn html_entity(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?),
        [b'#', digits @ ..] => char::from_u32(str::from_utf8(digits).ok()?.parse().ok()?),
        _ => None,
    }
}

/// The base64 characters that depend on the token alone, for each of the three places in a group where it can start.
fn base64(token: &[u8], plus: u8, slash: u8) -> impl Iterator<Item = Vec<u8>> {
    (0_usize..3).map(move |before| {
        let padded: Vec<u8> = std::iter::repeat_n(0, before).chain(token.iter().copied()).collect();
        let sextets = padded.chunks(3).flat_map(|group| {
            let [a, b, c] = [0, 1, 2].map(|at| group.get(at).copied().unwrap_or_default());
            [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63]
        });
        let digit = |sextet: u8| match sextet {
            0..=25 => b'A'.wrapping_add(sextet),
            26..=51 => b'a'.wrapping_add(sextet).wrapping_sub(26),
            52..=61 => b'0'.wrapping_add(sextet).wrapping_sub(52),
            62 => plus,
            _ => slash,
        };
        // The first characters also hold bits of what comes before the token, and the last one bits of what follows.
        let skipped = [0, 2, 3].get(before).copied().unwrap_or_default();
        let whole = padded.len().saturating_mul(4) / 3;
        sextets.map(digit).take(whole).skip(skipped).collect()
    })
}

#[cfg(test)]
mod tests;
