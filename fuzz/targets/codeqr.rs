//! Any signed body, from the request to the event of CodeQR.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrhook::codeqr::CodeQr;
use qrhook_fuzz::signed;

fuzz_target!(|data: &[u8]| {
    if let Some(delivery) = signed::<CodeQr>(data) {
        assert_eq!(delivery.raw(), data, "the handler must see the bytes that were signed");
        assert!(delivery.id().is_some(), "an event without an id");
    }
});
