//! The events of LinkShor. Source: its page "Webhooks".

use super::{LinkShor, Provider};
use crate::event::{PlainEvent, RawJson, Scan, object::object, payloads::payloads};

/// An event of LinkShor.
pub type Event = PlainEvent<Payload>;

payloads! {
    /// The payload of an event, by its type. The page shows the members of two types.
    pub enum Payload, scan common_scan {
        /// A short link was created.
        "link.created" => LinkCreated(LinkCreated);
        /// A short link was visited.
        "link.clicked" => LinkClicked(LinkClicked);
        /// A QR code was scanned ("click via QR referrer"). The page does not show the members, so the common view of
        /// the scan has only the event's time.
        "qr.scanned" => QrScanned(Option<RawJson>);
        /// A domain was verified. The page does not show the members.
        "domain.verified" => DomainVerified(Option<RawJson>);
    }
}

object! {
    /// A new short link.
    pub struct LinkCreated {
        /// Id of the link.
        "id" => id: u64;
        /// The full short URL.
        "short_url" => short_url: String;
        /// The destination URL.
        "url" => url: String;
        /// Path of the short URL without the leading slash.
        "alias" => alias: String;
        /// E-mail address of the user who created the link.
        "created_by" => created_by: String, masked;
    }
}

object! {
    /// A click on a short link.
    pub struct LinkClicked {
        /// Id of the link.
        "link_id" => link_id: u64;
        /// The full short URL.
        "short_url" => short_url: String;
        /// Country, two letters in the sample.
        "country" => country: String;
        /// Kind of the device: `mobile` in the sample.
        "device" => device: String;
        /// Browser.
        "browser" => browser: String;
        /// URL of the referring site.
        "referrer" => referrer: String;
    }
}

fn common_scan(payload: &Payload) -> Option<Scan<'_>> {
    matches!(payload, Payload::QrScanned(_)).then(|| Scan::of(LinkShor.name()))
}
