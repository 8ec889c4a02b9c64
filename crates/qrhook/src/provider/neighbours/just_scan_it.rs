//! The events of Just Scan It. Source: its page "Webhook integration guide".

use super::{JustScanIt, Provider};
use crate::event::{PlainEvent, RawJson, Scan, object::object, payloads::payloads};

/// An event of Just Scan It.
pub type Event = PlainEvent<Payload>;

payloads! {
    /// The payload of an event, by its type. The page describes the members, but names one of a scan only.
    pub enum Payload, scan common_scan {
        /// A QR code was scanned.
        "scan" => Scan(Scanned);
        /// A QR code was scanned for the first time. The page does not say whether a `scan` is sent too, so a hook that
        /// subscribes to both may get this scan twice.
        "first_scan" => FirstScan(Scanned);
        /// A form on a landing page was submitted. The data has the form's fields and an e-mail address.
        "form_submit" => FormSubmit(Option<RawJson>);
        /// A shared file was downloaded.
        "file_download" => FileDownload(Option<RawJson>);
    }
}

object! {
    /// A scan of a QR code. According to the page, it also has the scan's id, device, country, resolved URL, referring
    /// site and UTM fields, but their names are not published: look for them in `extra`.
    pub struct Scanned {
        /// Id of the code: a whole number in the sample.
        "qr_code_id" => qr_code_id: RawJson;
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    let (Payload::Scan(scanned) | Payload::FirstScan(scanned)) = payload else { return None };
    // A string with escapes cannot be lent, and anything else is no id.
    let code = scanned.qr_code_id.as_ref().map(RawJson::as_str).and_then(|id| {
        let text = id.strip_prefix('"').and_then(|id| id.strip_suffix('"')).filter(|id| !id.contains('\\'));
        text.or_else(|| id.bytes().all(|byte| byte.is_ascii_digit()).then_some(id))
    });
    Some(Scan { code, ..Scan::of(JustScanIt.name()) })
}
