//! The event of Scribeless. Source: its page "QR scan events".

use std::collections::BTreeMap;

use super::{Provider, Scribeless};
use crate::{
    event::{PlainEvent, Scan, object::object, payloads::payloads},
    time::Timestamp,
};

/// An event of Scribeless.
pub type Event = PlainEvent<Payload>;

payloads! {
    /// The payload of an event, by its type.
    pub enum Payload, scan common_scan {
        /// The recipient of a mailing scanned its QR code.
        "qr_code.scanned" => Scanned(Box<Scanned>);
    }
}

object! {
    /// A scan. Its payload is the whole body, so the members of the envelope are here too.
    pub struct Scanned {
        /// Id of the event: `evt_qr_scan_` and the id of the scan.
        "id" => id: String;
        /// The type of the event.
        "type" => event_type: String;
        /// Creation time of the event, ISO 8601 with six digits after the second.
        "created_at" => created_at: Timestamp;
        /// Id of the team.
        "team_id" => team_id: String;
        /// The scan.
        "scan" => scan: ScanRecord;
        /// The QR code.
        "qr_code" => qr_code: QrCode;
        /// The recipient, as known at the time of the scan.
        "recipient" => recipient: Recipient;
    }
}

object! {
    /// The record of a scan.
    pub struct ScanRecord {
        /// Id of the scan.
        "id" => id: String;
        /// Id of the QR code.
        "smart_qr_code_id" => smart_qr_code_id: String;
        /// Id of the team.
        "team_id" => team_id: String;
        /// Time of the scan, ISO 8601 with six digits after the second. Assumed: it is the time of the scan, because
        /// no other member is.
        "created_at" => created_at: Timestamp;
    }
}

object! {
    /// A QR code, which is printed for one recipient.
    pub struct QrCode {
        /// Id of the code.
        "id" => id: String;
        /// Key of the code: six letters and digits in the sample. Assumed: it is part of the printed URL.
        "key" => key: String;
        /// The destination URL.
        "destination_url" => destination_url: String, masked;
        /// Id of the recipient.
        "recipient_id" => recipient_id: String;
        /// Id of the template.
        "template_id" => template_id: String;
        /// Name of the block in the template. Assumed: the meaning, from the name.
        "block_id" => block_id: String;
        /// Printed size with its unit: `24mm` in the sample.
        "size" => size: String;
        /// The appearance.
        "options" => options: QrCodeOptions;
        /// Id of the team.
        "team_id" => team_id: String;
        /// Creation time, ISO 8601 with six digits after the second.
        "created_at" => created_at: Timestamp;
        /// Time of the last change, ISO 8601 with six digits after the second.
        "updated_at" => updated_at: Timestamp;
    }
}

object! {
    /// The appearance of a QR code.
    pub struct QrCodeOptions {
        /// Error correction level: `Q` in the sample.
        "ecl" => ecl: String;
        /// Shape of the dots: `square` in the sample.
        "dotsType" => dots_type: String;
        /// Colour of the dots: `#000000` in the sample.
        "dotsColor" => dots_color: String;
    }
}

object! {
    /// The recipient of a mailing.
    pub struct Recipient {
        /// Id of the recipient.
        "id" => id: String;
        /// First name.
        "first_name" => first_name: String, masked;
        /// Last name.
        "last_name" => last_name: String, masked;
        /// Id of the campaign.
        "campaign_id" => campaign_id: String;
        /// Status: `pending` in the sample.
        "status" => status: String;
        /// Variables of the mailing, set by the customer. Assumed: all of them are strings, as in the sample.
        "variables" => variables: BTreeMap<String, String>, masked;
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    let Payload::Scanned(scanned) = payload else { return None };
    let code = scanned.qr_code.as_ref().and_then(|code| code.key.as_deref().or(code.id.as_deref()));
    let time = scanned.scan.as_ref().and_then(|scan| scan.created_at.as_ref());
    Some(Scan { code, time, ..Scan::of(Scribeless.name()) })
}
