//! Any signed body, from the request to the event of QR Studio.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrhook::qrstudio::QrStudio;
use qrhook_fuzz::signed;

fuzz_target!(|data: &[u8]| {
    if let Some(delivery) = signed::<QrStudio>(data) {
        assert_eq!(delivery.raw(), data, "the handler must see the bytes that were signed");
        assert!(delivery.id().is_some(), "an event without an id");
    }
});
