//! The events of ScanCue. Source: its page "Webhooks".

use super::{Provider, ScanCue};
use crate::event::{PlainEvent, RawJson, Scan, object::object, payloads::payloads};

/// An event of ScanCue.
pub type Event = PlainEvent<Payload>;

payloads! {
    /// The payload of an event, by its type. The page shows the members of a scan only.
    pub enum Payload, scan common_scan {
        /// A QR code was scanned.
        "scan.recorded" => ScanRecorded(ScanRecorded);
        /// A QR code was created, got another destination, was paused, or expired.
        "qrcode.created" | "qrcode.destination_updated" | "qrcode.paused" | "qrcode.expired"
            => Other { Option<RawJson> };
    }
}

object! {
    /// A scan of a QR code.
    pub struct ScanRecorded {
        /// Id of the code.
        "qrcodeId" => qr_code_id: String;
        /// Country, two letters in the sample.
        "country" => country: String;
        /// Kind of the device: `mobile` in the sample.
        "device" => device: String;
        /// Whether the visitor scanned the code for the first time. Assumed: the meaning, from the name.
        "unique" => unique: bool;
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    let Payload::ScanRecorded(scan) = payload else { return None };
    Some(Scan {
        code: scan.qr_code_id.as_deref(),
        country: scan.country.as_deref(),
        device: scan.device.as_deref(),
        ..Scan::of(ScanCue.name())
    })
}
