//! One body for each event type of QR Studio, CodeQR and QR Planet, and one body for most other senders, as the platform
//! would post it.
//!
//! The values are made up; the forms of QR Planet hold the token `FAKE-secret-token-do-not-use`.
//!
//! # Example
//!
//! ```
//! use qrhook::{Secrets, UnixTime, codeqr::CodeQr, testing};
//!
//! let sample = testing::samples::find("codeqr", "qrcode.scanned").expect("a sample of this type");
//! let now = UnixTime::from_secs(1778335283);
//! let request = testing::sign::<CodeQr>("whsec_test", sample.body, now);
//!
//! let delivery = qrhook::verify::<CodeQr>(&request.headers, request.body, &Secrets::one("whsec_test")?, now)?;
//! assert_eq!(delivery.event_type(), Some(sample.name));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// The sample of one event type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// The event's type on the wire.
    pub name: &'static str,
    /// The content type that it is posted with.
    pub content_type: &'static str,
    /// The body, unsigned.
    pub body: &'static [u8],
}

/// All samples of the sender with this name. The result is empty if there is no such sender.
pub fn of(sender: &str) -> &'static [Sample] {
    match sender {
        "qrstudio" => QR_STUDIO,
        "codeqr" => CODE_QR,
        "qrplanet" => QR_PLANET,
        "standardwebhooks" => STANDARD_WEBHOOKS,
        "dub" => DUB,
        "qr3" => QR3,
        "qrlumo" => QR_LUMO,
        "linkshor" => LINK_SHOR,
        "scribeless" => SCRIBELESS,
        "codebox" => CODE_BOX,
        "just-scan-it" => JUST_SCAN_IT,
        "scancue" => SCAN_CUE,
        _ => &[],
    }
}

/// The sample of one event type of this sender.
pub fn find(sender: &str, name: &str) -> Option<&'static Sample> {
    of(sender).iter().find(|sample| sample.name == name)
}

macro_rules! samples {
    ($content_type:literal, $sender:literal, $extension:literal: $($name:literal),* $(,)?) => {
        &[$(Sample {
            name: $name,
            content_type: $content_type,
            body: include_bytes!(concat!(
                "../../tests/fixtures/", $sender, "/samples/", $name, ".", $extension
            )),
        }),*]
    };
}

const QR_STUDIO: &[Sample] = samples!("application/json", "qrstudio", "json":
    "dynamic_qr.created",
    "dynamic_qr.updated",
    "quota.threshold_100",
    "quota.threshold_75",
    "scan.created",
);

const CODE_QR: &[Sample] = samples!("application/json", "codeqr", "json":
    "lead.created",
    "link.clicked",
    "link.created",
    "link.deleted",
    "link.updated",
    "page.created",
    "page.deleted",
    "page.updated",
    "page.visited",
    "partner.enrolled",
    "qrcode.created",
    "qrcode.deleted",
    "qrcode.scanned",
    "qrcode.updated",
    "sale.created",
);

const QR_PLANET: &[Sample] = samples!("application/x-www-form-urlencoded", "qrplanet", "form":
    "CALL_2_ACTION_BUTTON_CLICKED",
    "JOB_FINISHED",
    "LEAD_CREATED",
    "QR_CODE_CREATED",
    "QR_CODE_SCANNED",
    "VOUCHER_CREATED",
    "VOUCHER_EXPIRED",
    "VOUCHER_REDEEMED",
    "VOUCHER_UPDATED",
);

const STANDARD_WEBHOOKS: &[Sample] = samples!("application/json", "standardwebhooks", "json": "qr.scanned");

const DUB: &[Sample] = samples!("application/json", "dub", "json": "link.clicked");

const QR3: &[Sample] = samples!("application/json", "qr3", "json": "qr.scanned");

const QR_LUMO: &[Sample] = samples!("application/json", "qrlumo", "json": "qrcode.scanned");

const LINK_SHOR: &[Sample] = samples!("application/json", "linkshor", "json": "link.clicked");

const SCRIBELESS: &[Sample] = samples!("application/json", "scribeless", "json": "qr_code.scanned");

const CODE_BOX: &[Sample] = samples!("application/json", "codebox", "json": "scan.created");

const JUST_SCAN_IT: &[Sample] = samples!("application/json", "just-scan-it", "json": "scan");

const SCAN_CUE: &[Sample] = samples!("application/json", "scancue", "json": "scan.recorded");
