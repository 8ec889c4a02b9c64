//! The bodies: the vendors' samples, lengthened to a given size.

/// QR Studio's sample. Its `user_agent` is lengthened to reach about this size; the sample itself has 462 bytes.
pub fn scan(size: usize) -> String {
    let sample = scan_created();
    let agent = "Mozilla/5.0 (X11; Linux x86_64) ".repeat(size.saturating_sub(sample.len()) / 32);
    sample.replace("Mozilla/5.0 ...", &format!("Mozilla/5.0 ...{agent}"))
}

/// The same sample with an unknown member of about this size.
pub fn scan_with_unknown(size: usize) -> String {
    with_last(&scan_created(), "}}", &format!("\"notes\":{}", blocks(size)))
}

/// CodeQR's sample of a page, with enough blocks to reach about this size.
pub fn page(size: usize) -> String {
    let sample = one_line(include_str!("../../crates/qrhook/tests/fixtures/codeqr/samples/page.updated.json"));
    with_last(&sample, "}}}", &format!("\"items\":{}", blocks(size.saturating_sub(sample.len()))))
}

/// A scan of QR Planet, without its token.
pub const FORM: &str = "event=QR_CODE_SCANNED&timestamp=2026-05-09+14%3A01%3A23&user=ana&code=https%3A%2F%2Fqr1.at%2Fx7Kd\
    &redirects=128&visitors=97&device=iPhone&os=iOS&country=AT&lng=16.37&lat=48.2";

fn scan_created() -> String {
    one_line(include_str!("../../crates/qrhook/tests/fixtures/qrstudio/samples/scan.created.json"))
}

/// On one line, as platforms send it, in the order of the sample.
fn one_line(sample: &str) -> String {
    sample.lines().map(str::trim).collect::<String>().replace("\": ", "\":")
}

/// The sample with one more member before its closing braces.
fn with_last(sample: &str, end: &str, member: &str) -> String {
    let rest = sample.strip_suffix(end).expect("an object in an object");
    format!("{rest},{member}{end}")
}

fn blocks(size: usize) -> String {
    let block = r#"{"type":"text","title":"Menu of the day","items":[1,2,3]}"#;
    format!("[{}]", vec![block; size / block.len()].join(","))
}
