//! Wrong tokens.
//!
//! Secrets come in pairs, and each has a token that is close to it. One class sends each secret the token that is close
//! to it, and the other sends it the token of its partner. So both classes use the same secrets and the same tokens:
//! the place of a secret in memory and the length of a request take time too, and show nothing. The pairs are made anew
//! for each batch, in a random order of lengths. Before they were, a constant order of lengths in memory made a
//! difference of 0.2 ns, although a secret does not keep its length.

use fastrand::Rng;
use qrhook::{Secrets, UnixTime, Verifier, VerifyError, qrplanet::QrPlanet};

use crate::{Check, mac::equal_until};

const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);
const START: &[u8] = b"event=QR_CODE_SCANNED&redirects=7&secrettoken=";
const PAIRS: u8 = 64;

/// What is close: how a token is made from its secret, and a comparison that leaks it.
pub(crate) struct Closeness {
    lengths: [usize; 2],
    token: fn(&[u8], &mut Rng) -> Vec<u8>,
    leaky: fn(&[u8], &[u8]) -> bool,
}

/// Everything is right but the last character. The partner's token is wrong from the first character.
pub(crate) const PREFIX: Closeness = Closeness {
    lengths: [32, 32],
    token: |secret, _| {
        let mut token = secret.to_vec();
        // No secret has this character.
        *token.last_mut().expect("not empty") = b'-';
        token
    },
    leaky: equal_until,
};

/// The token is as long as the secret, and everything is wrong.
pub(crate) const LENGTH: Closeness =
    Closeness { lengths: [24, 48], token: |secret, random| text(secret.len(), random), leaky: equal_in_length };

pub(crate) struct TokenCheck {
    pairs: Vec<[(Verifier<QrPlanet>, Vec<u8>); 2]>,
    closeness: Closeness,
    chosen: (usize, usize),
    body: Vec<u8>,
    leak: bool,
}

impl TokenCheck {
    pub(crate) fn new(closeness: Closeness, leak: bool) -> Self {
        Self { pairs: Vec::new(), closeness, chosen: (0, 0), body: START.to_vec(), leak }
    }

    fn pair(&self, random: &mut Rng) -> [(Verifier<QrPlanet>, Vec<u8>); 2] {
        let mut lengths = self.closeness.lengths;
        random.shuffle(&mut lengths);
        loop {
            let pair = lengths.map(|length| text(length, random));
            if pair[0][0] != pair[1][0] {
                return pair.map(|secret| (verifier(&secret), secret));
            }
        }
    }
}

impl Check for TokenCheck {
    fn renew(&mut self, random: &mut Rng) {
        self.pairs = (0..PAIRS).map(|_| self.pair(random)).collect();
    }

    fn request(&self, far: bool, random: &mut Rng) -> Vec<u8> {
        let (pair, side) = (random.u8(..PAIRS), random.bool());
        let (_, secret) = &self.pairs[usize::from(pair)][usize::from(side ^ far)];
        let token = (self.closeness.token)(secret, random);
        [&[pair, u8::from(side)], token.as_slice()].concat()
    }

    fn load(&mut self, request: &[u8]) {
        self.chosen = (usize::from(request[0]), usize::from(request[1]));
        self.body.truncate(START.len());
        self.body.extend_from_slice(&request[2..]);
    }

    fn run(&self) -> bool {
        let (pair, side) = self.chosen;
        let (verifier, secret) = &self.pairs[pair][side];
        let refused = verify(verifier, &self.body) == Err(VerifyError::TokenMismatch { field: "secrettoken" });
        refused && !(self.leak && (self.closeness.leaky)(secret, &self.body[START.len()..]))
    }
}

fn text(length: usize, random: &mut Rng) -> Vec<u8> {
    (0..length).map(|_| u8::try_from(random.alphanumeric()).expect("ASCII")).collect()
}

fn verifier(secret: &[u8]) -> Verifier<QrPlanet> {
    let text = std::str::from_utf8(secret).expect("ASCII");
    let verifier = Verifier::new(Secrets::one(text).expect("a usable secret"));
    assert_eq!(verify(&verifier, &[START, secret].concat()), Ok(()), "the right token");
    verifier
}

fn verify(verifier: &Verifier<QrPlanet>, body: &[u8]) -> Result<(), VerifyError> {
    verifier.check([("content-type", "application/x-www-form-urlencoded")], body, NOW).map(drop)
}

/// A comparison in constant time, but only of equally long texts.
#[inline(never)]
fn equal_in_length(one: &[u8], other: &[u8]) -> bool {
    let add = |difference, (one, other): (&u8, &u8)| std::hint::black_box(difference | (one ^ other));
    one.len() == other.len() && one.iter().zip(other).fold(0, add) == 0
}
