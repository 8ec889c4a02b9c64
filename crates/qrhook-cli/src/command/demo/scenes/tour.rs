//! The introduction for newcomers: an event, a forgery, a repeat, and a handler that fails and then gets its event
//! again.

use super::super::{
    check::{Check, DUPLICATE, FAILED, HANDLED, NOT_VERIFIED},
    recorder::Plan,
    report::{Group, Row},
};
use crate::{failure::Failure, logs::Kept, platform::Platform};

const GROUP: Group = Group { name: "tour", about: "the requests above" };

pub(super) async fn play(check: &mut Check, log: &Kept) -> Result<(), Failure> {
    check.report.begin(GROUP)?;
    let scan = check.event(Platform::QrStudio, "scan.created");
    let first = check.send("a scan", &scan, scan.signed(), HANDLED).await?;
    let fields = check.recorder.last_fields();

    let forgery = check.event(Platform::QrStudio, "scan.created");
    drop(log.take());
    let forged = check.send("a scan, signed with another secret", &forgery, forgery.forged(), NOT_VERIFIED).await?;
    let reason = log.take();

    let named = reason.iter().any(|line| line.contains("signature-mismatch"));
    check.report.add(&Row {
        platform: forgery.platform.name(),
        what: "its reason in the log",
        expected: "mismatch",
        got: if named { "mismatch" } else { "none" },
        runs: (0, check.recorder.runs(&forgery.key)),
        fits: named,
    })?;

    let again = check.send("the first scan again", &scan, scan.signed(), DUPLICATE).await?;
    let scan_runs = check.recorder.runs(&scan.key);

    let sale = check.event(Platform::CodeQr, "sale.created");
    check.recorder.plan(&sale.key, [Plan::Fail]);
    let failed = check.send("a sale whose handler fails", &sale, sale.signed(), FAILED).await?;
    let retried = check.send("the retry of the sale", &sale, sale.signed(), HANDLED).await?;
    let runs = check.recorder.runs(&sale.key);

    let report = &check.report;
    report.line(&format!("1. QR Studio sends a scan: {first}. The handler gets a typed event:"))?;
    for pair in fields.chunks(2) {
        let pair: Vec<_> = pair.iter().map(|(name, value)| format!("{name:<12}{value:<22}")).collect();
        report.line(&format!("     {}", pair.join(" ")))?;
    }
    report.line(&format!("2. A stranger signs one with another secret: {forged}. The log has the reason:"))?;
    for line in &reason {
        report.paragraph(5, line)?;
    }
    let called = if scan_runs == 1 { "is not called again" } else { "IS CALLED AGAIN" };
    report.line(&format!("3. QR Studio repeats the first scan: {again}. The handler {called}."))?;
    report.line(&format!(
        "4. The handler of a CodeQR sale fails: {failed}. CodeQR retries: {retried}, after {runs} runs."
    ))?;
    report.line("")?;
    report.line("Every kind of request, compared with the expected response:")
}
