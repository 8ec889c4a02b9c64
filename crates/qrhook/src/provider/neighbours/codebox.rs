//! The events of CodeBox. Source: its page "Webhooks", in Chinese.

use super::{CodeBox, Provider};
use crate::{
    event::{PlainEvent, Scan, object::object, payloads::payloads},
    time::Timestamp,
};

/// An event of CodeBox.
pub type Event = PlainEvent<Payload>;

payloads! {
    /// The payload of an event, by its type.
    pub enum Payload, scan common_scan {
        /// A dynamic QR code was scanned.
        "scan.created" => ScanCreated(Box<ScanCreated>);
        /// A QR code expired.
        "qrcode.expired" => QrCodeExpired(QrCodeExpired);
    }
}

object! {
    /// A scan of a QR code.
    pub struct ScanCreated {
        /// Id of the code.
        "qrcodeId" => qr_code_id: String;
        /// Id of the scan, by which the event is deduplicated.
        "scanId" => scan_id: String;
        /// The visitor's IP address.
        "ip" => ip: String, masked;
        /// The user agent.
        "userAgent" => user_agent: String, masked;
        /// Kind of the device: `mobile` in the sample.
        "device" => device: String;
        /// Browser.
        "browser" => browser: String;
        /// Operating system.
        "os" => os: String;
        /// Country, two letters in the sample.
        "country" => country: String;
        /// Region.
        "region" => region: String;
        /// City.
        "city" => city: String;
    }
}

object! {
    /// A QR code that expired.
    pub struct QrCodeExpired {
        /// Id of the code.
        "qrcodeId" => qr_code_id: String;
        /// Name of the code, set by the customer.
        "name" => name: String;
        /// Time of the expiry, ISO 8601 in UTC with milliseconds.
        "expiredAt" => expired_at: Timestamp;
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    let Payload::ScanCreated(scan) = payload else { return None };
    Some(Scan {
        code: scan.qr_code_id.as_deref(),
        country: scan.country.as_deref(),
        city: scan.city.as_deref(),
        device: scan.device.as_deref(),
        os: scan.os.as_deref(),
        browser: scan.browser.as_deref(),
        ..Scan::of(CodeBox.name())
    })
}
