//! The bodies: the vendors' samples, longer where a size says so.

use std::fmt::Write;

/// The sample of QR Studio, as the platform sends it: in one line. Its `user_agent` fills it up to this size, of which it
/// has about 500 bytes by itself.
pub fn scan(size: usize) -> String {
    let sample = include_str!("../../../crates/qrhook/tests/fixtures/qrstudio/samples/scan.created.json");
    let mut sample: serde_json::Value = serde_json::from_str(sample).expect("JSON");
    let missing = size.saturating_sub(sample.to_string().len());
    let agent = sample["data"]["user_agent"].as_str().expect("a text").to_owned();
    sample["data"]["user_agent"] = format!("{agent}{}", "Mozilla/5.0 (X11; Linux x86_64) ".repeat(missing / 32)).into();
    ordered(&sample, &["id", "type", "created_at", "data"])
}

/// The sample of a page of CodeQR, with members that are not known up to this size.
pub fn page(size: usize) -> String {
    let sample = include_str!("../../../crates/qrhook/tests/fixtures/codeqr/samples/page.updated.json");
    let mut sample: serde_json::Value = serde_json::from_str(sample).expect("JSON");
    let block = serde_json::json!({"type": "text", "title": "Menu of the day", "items": [1, 2, 3]});
    let blocks = size.saturating_sub(sample.to_string().len()) / block.to_string().len();
    sample["data"]["page"]["blocks"] = vec![block; blocks].into();
    ordered(&sample, &["id", "event", "createdAt", "data"])
}

/// The members of an envelope in the order of the sender, which the library sorts.
fn ordered(sample: &serde_json::Value, names: &[&str]) -> String {
    let mut text = String::new();
    for name in names {
        let separator = if text.is_empty() { '{' } else { ',' };
        write!(text, "{separator}\"{name}\":{}", sample[name]).expect("a text can be written");
    }
    text + "}"
}

/// A scan of QR Planet, without its token.
pub const FORM: &str = "event=QR_CODE_SCANNED&timestamp=2026-05-09+14%3A01%3A23&user=ana&code=https%3A%2F%2Fqr1.at%2Fx7Kd\
    &redirects=128&visitors=97&device=iPhone&os=iOS&country=AT&lng=16.37&lat=48.2";
