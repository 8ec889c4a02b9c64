//! Multipart forms. The first line is the boundary.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrhook_fuzz::{
    SECRET, check, split_line,
    token_sender::{FIELDS, TOKEN, TokenSender, read},
};

fuzz_target!(|data: &[u8]| {
    let (boundary, body) = split_line(data);
    let content_type = [b"multipart/form-data; boundary=", boundary].concat();
    let Some(Ok(delivery)) = read::<TokenSender>(&content_type, body) else { return };
    check(&delivery);
    let fields = &delivery.event().0;
    assert!(fields.len() < FIELDS && fields.iter().all(|(name, _)| name != TOKEN), "the token is no field");
    let whole = String::from_utf8_lossy(body);
    assert!(whole.contains(SECRET), "accepted without the token");
});
