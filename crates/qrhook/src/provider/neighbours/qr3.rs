//! The events of QR3. Source: its page "Webhooks".

use super::{Provider, Qr3};
use crate::event::{PlainEvent, RawJson, Scan, object::object, payloads::payloads};

/// An event of QR3.
pub type Event = PlainEvent<Payload>;

payloads! {
    /// The payload of an event, by its type. The page shows the members of a scan only.
    pub enum Payload, scan common_scan {
        /// A QR code was scanned. The page calls `scan.created` an alias, so a hook that subscribes to both types may
        /// get each scan twice: compare [`Scanned::scan_id`] before you count.
        "qr.scanned" | "scan.created" => Scanned { Scanned };
        /// A QR code was created, updated (its URL, status or tags), deleted, or flagged as unsafe; the workspace was
        /// updated; or a test was requested.
        "qr.created" | "qr.updated" | "qr.deleted" | "qr.flagged" | "workspace.updated" | "webhook.ping"
            => Other { Option<RawJson> };
    }
}

object! {
    /// A scan of a QR code.
    pub struct Scanned {
        /// Id of the code.
        "code_id" => code_id: String;
        /// Path of the code's short URL. Assumed: the meaning, from the name.
        "short_code" => short_code: String;
        /// Id of the scan.
        "scan_id" => scan_id: String;
        /// Country, two letters in the sample.
        "country" => country: String;
        /// Kind of the device: `mobile` in the sample.
        "device_type" => device_type: String;
        /// Operating system: `iOS` in the sample.
        "os" => os: String;
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    let Payload::Scanned { data, .. } = payload else { return None };
    Some(Scan {
        code: data.short_code.as_deref().or(data.code_id.as_deref()),
        country: data.country.as_deref(),
        device: data.device_type.as_deref(),
        os: data.os.as_deref(),
        ..Scan::of(Qr3.name())
    })
}
