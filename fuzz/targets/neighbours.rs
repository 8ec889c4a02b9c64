//! Any signed body, for each of the neighbours. The first byte chooses the sender.

#![no_main]

use libfuzzer_sys::fuzz_target;
use qrhook::neighbours::{CodeBox, Dub, JustScanIt, LinkShor, Qr3, QrLumo, ScanCue, Scribeless, ThreeQpr};
use qrhook_fuzz::signed;

fuzz_target!(|data: &[u8]| {
    let Some((sender, body)) = data.split_first() else { return };
    match sender {
        b'd' => drop(signed::<Dub>(body)),
        b'3' => drop(signed::<Qr3>(body)),
        b'l' => drop(signed::<QrLumo>(body)),
        b't' => drop(signed::<ThreeQpr>(body)),
        b's' => drop(signed::<LinkShor>(body)),
        b'r' => drop(signed::<Scribeless>(body)),
        b'b' => drop(signed::<CodeBox>(body)),
        b'j' => drop(signed::<JustScanIt>(body)),
        _ => drop(signed::<ScanCue>(body)),
    }
});
