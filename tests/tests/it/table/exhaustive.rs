//! Every bit and every byte, with the plain function, because sockets would be too slow.

use qrhook::VerifyError;

use super::{SENDERS, event, signature::flip};
use crate::{
    scenario::{Request, Scenario, Sender},
    surface::plain::verify,
};

#[test]
fn every_bit_of_a_signature_counts() {
    for sender in [Sender::QrStudio, Sender::CodeQr] {
        let scenario = Scenario::new("every bit", sender);
        let signed = || Request::signed(sender, event(sender, "evt_1"));
        assert_eq!(verify(&scenario, &signed()), Ok(()), "{sender:?}");
        for bit in 0..256 {
            let flipped = signed().resigned(|value| flip(value, bit));
            assert_eq!(verify(&scenario, &flipped), Err(VerifyError::SignatureMismatch), "{sender:?} {bit}");
        }
    }
}

#[test]
fn every_byte_of_a_body_counts() {
    for sender in [Sender::QrStudio, Sender::CodeQr] {
        let scenario = Scenario::new("every byte", sender);
        let signed = Request::signed(sender, event(sender, "evt_1"));
        for index in 0..signed.body.len() {
            for change in [0x01, 0x20, 0x80] {
                let mut changed = signed.clone();
                changed.body[index] ^= change;
                assert_eq!(verify(&scenario, &changed), Err(VerifyError::SignatureMismatch), "{sender:?} {index}");
            }
            let mut shorter = signed.clone();
            shorter.body.remove(index);
            assert_eq!(verify(&scenario, &shorter), Err(VerifyError::SignatureMismatch), "{sender:?} {index}");
        }
    }
}

#[test]
fn every_byte_of_a_token_counts() {
    let scenario = Scenario::new("every byte of a token", SENDERS[2]);
    let signed = Request::signed(Sender::QrPlanet, event(Sender::QrPlanet, "1"));
    let text = String::from_utf8(signed.body.clone()).unwrap();
    let start = text.find("secrettoken=").unwrap() + "secrettoken=".len();
    for index in start..text.len() {
        let mut changed = signed.clone();
        changed.body[index] = if changed.body[index] == b'x' { b'y' } else { b'x' };
        assert_eq!(verify(&scenario, &changed).map_err(|error| error.reason()), Err("token-mismatch"), "{index}");
    }
}
