//! The events of QRlumo. Source: its page "Webhooks".

use super::{Provider, QrLumo};
use crate::{
    event::{PlainEvent, RawJson, Scan, object::object, payloads::payloads},
    time::Timestamp,
};

/// An event of QRlumo. `workspaceId`, which every body has beside the data, is in the raw body only.
pub type Event = PlainEvent<Payload>;

payloads! {
    /// The payload of an event, by its type. The page shows the members of a scan only.
    ///
    /// Saving an endpoint sends a test, whose type is not published: expect [`Unknown`](Self::Unknown).
    pub enum Payload, scan common_scan {
        /// A QR code was scanned.
        "qrcode.scanned" => Scanned(Scanned);
        /// A QR code was created, updated or deleted, or a member joined the workspace.
        "qrcode.created" | "qrcode.updated" | "qrcode.deleted" | "workspace.member_added" => Other { Option<RawJson> };
    }
}

object! {
    /// A scan of a QR code.
    pub struct Scanned {
        /// Id of the code.
        "qrcodeId" => qr_code_id: String;
        /// Name of the code, set by the customer.
        "qrcodeName" => qr_code_name: String;
        /// Time of the scan, ISO 8601 in UTC, in whole seconds.
        "scannedAt" => scanned_at: Timestamp;
        /// Country, two letters in the sample.
        "country" => country: String;
        /// The device. In the sample, it is an operating system: `iOS`.
        "device" => device: String;
        /// Browser.
        "browser" => browser: String;
        /// The visitor's IP address.
        "ip" => ip: String, masked;
        /// The referring page or site; `null` in the sample. Assumed: a string.
        "referrer" => referrer: String;
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    let Payload::Scanned(scanned) = payload else { return None };
    Some(Scan {
        code: scanned.qr_code_id.as_deref(),
        time: scanned.scanned_at.as_ref(),
        country: scanned.country.as_deref(),
        device: scanned.device.as_deref(),
        browser: scanned.browser.as_deref(),
        referer: scanned.referrer.as_deref(),
        ..Scan::of(QrLumo.name())
    })
}
