//! MACs whose first or last byte is wrong.
//!
//! Each request has another body, so that the digits of its MAC are random in both classes. With one body, only the first
//! class varied the first digit, and that alone made a difference of 0.4 ns. It depends on what the client sends, not on
//! the right MAC: a wrong byte 1 and a wrong byte 31 took equally long.

use fastrand::Rng;
use qrhook::{Provider, Secrets, UnixTime, Verifier, VerifyError, testing};

use crate::Check;

const NOW: UnixTime = UnixTime::from_secs(1_778_335_283);
const SECRET: &str = "whsec_timing0123456789abcdef";
const BODY: usize = 32;
const HEX: usize = 64;

type Verify = Box<dyn Fn(&[u8], &[u8]) -> Result<(), VerifyError>>;
type Sign = fn(&[u8]) -> Vec<u8>;

pub(crate) struct MacCheck {
    verify: Verify,
    sign: Sign,
    /// The request that is checked: the body, the digits of its MAC, and the value of its header. One buffer for all, so
    /// that its place is always the same.
    request: Vec<u8>,
    leak: bool,
}

/// The value of the header, which ends with the digits of the MAC.
fn sign<P: Provider + Default>(body: &[u8]) -> Vec<u8> {
    let request = testing::sign::<P>(SECRET, body.to_vec(), NOW);
    let (_, value) = request.headers.iter().find(|(name, _)| name.as_str().ends_with("-signature")).expect("signed");
    value.as_bytes().to_vec()
}

impl MacCheck {
    pub(crate) fn new<P: Provider + Default + 'static>(header: &'static str, leak: bool) -> Self {
        let verifier = Verifier::<P>::new(Secrets::one(SECRET).expect("a usable secret"));
        let verify: Verify = Box::new(move |value, body| verifier.check([(header, value)], body, NOW).map(drop));
        let value = sign::<P>(&[0; BODY]);
        assert_eq!(verify(&value, &[0; BODY]), Ok(()), "the right MAC");
        Self { verify, sign: sign::<P>, request: vec![0; BODY + HEX + value.len()], leak }
    }
}

impl Check for MacCheck {
    fn request(&self, last: bool, random: &mut Rng) -> Vec<u8> {
        let mut body = [0; BODY];
        random.fill(&mut body);
        let mut value = (self.sign)(&body);
        let start = value.len() - HEX;
        let right = value[start..].to_vec();
        let mut claimed: [u8; 32] = const_hex::decode_to_array(&right).expect("hex at the end");
        claimed[usize::from(last) * 31] ^= random.u8(1..);
        const_hex::encode_to_slice(claimed, &mut value[start..]).expect("64 digits");
        [&body, right.as_slice(), &value].concat()
    }

    fn load(&mut self, request: &[u8]) {
        self.request.copy_from_slice(request);
    }

    fn run(&self) -> bool {
        let (body, rest) = self.request.split_at(BODY);
        let (right, value) = rest.split_at(HEX);
        let refused = (self.verify)(value, body) == Err(VerifyError::SignatureMismatch);
        refused && !(self.leak && equal_until(right, &value[value.len() - HEX..]))
    }
}

/// A comparison that ends at the first difference.
#[inline(never)]
pub(crate) fn equal_until(one: &[u8], other: &[u8]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}
