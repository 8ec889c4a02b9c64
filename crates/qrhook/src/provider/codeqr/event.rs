//! The events of CodeQR. Source: the vendor's page "Event types", unless another one is named.

use super::{LeadCreated, Link, LinkClicked, Page, PageVisited, Partner, QrCode, QrCodeScanned, SaleCreated};
use crate::event::{
    self, JsonEvent, Oddities, RawJson, Scan, decode_at, decode_data, object::Object, read_field::Value,
};

/// An event of CodeQR.
pub type Event = JsonEvent<Payload>;

/// What happened. Every known payload is boxed, because a QR code alone is almost 2 KiB.
///
/// The vendor's bulk endpoints send no events (page "Bulk operations").
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// `link.created`: a link was created.
    LinkCreated(Box<Link>),
    /// `link.updated`: a link was changed. Neither the changes nor the old values are sent (assumed: the vendor's
    /// samples have none of it).
    LinkUpdated(Box<Link>),
    /// `link.deleted`: a link was deleted. The whole link as it was.
    LinkDeleted(Box<Link>),
    /// `qrcode.created`: a QR code was created.
    QrCodeCreated(Box<QrCode>),
    /// `qrcode.updated`: a QR code was changed.
    QrCodeUpdated(Box<QrCode>),
    /// `qrcode.deleted`: a QR code was deleted. The code as it was.
    QrCodeDeleted(Box<QrCode>),
    /// `page.created`: a page was created.
    PageCreated(Box<Page>),
    /// `page.updated`: a page was changed.
    PageUpdated(Box<Page>),
    /// `page.deleted`: a page was deleted. The page as it was.
    PageDeleted(Box<Page>),
    /// `lead.created`: a lead was tracked.
    LeadCreated(Box<LeadCreated>),
    /// `sale.created`: a sale was tracked.
    SaleCreated(Box<SaleCreated>),
    /// `partner.enrolled`: a partner joined. The vendor withdrew this event in July 2026, so expect it never to come.
    PartnerEnrolled(Box<Partner>),
    /// `link.clicked`: a link was clicked. Bots included: see [`Interaction::bot`](super::Interaction::bot).
    LinkClicked(Box<LinkClicked>),
    /// `qrcode.scanned`: a QR code was scanned. Bots included.
    QrCodeScanned(Box<QrCodeScanned>),
    /// `page.visited`: a page was viewed. Bots included.
    PageVisited(Box<PageVisited>),
    /// A type that this version does not know.
    Unknown {
        /// The type on the wire. `None` when the event named none.
        event_type: Option<String>,
        /// Its payload, unread.
        data: Option<RawJson>,
    },
}

impl event::JsonPayload for Payload {
    fn decode(event_type: Option<String>, data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> Self {
        match event_type.as_deref() {
            Some("link.created") => Self::LinkCreated(resource("link", data, at, oddities)),
            Some("link.updated") => Self::LinkUpdated(resource("link", data, at, oddities)),
            Some("link.deleted") => Self::LinkDeleted(resource("link", data, at, oddities)),
            Some("qrcode.created") => Self::QrCodeCreated(resource("qrcode", data, at, oddities)),
            Some("qrcode.updated") => Self::QrCodeUpdated(resource("qrcode", data, at, oddities)),
            Some("qrcode.deleted") => Self::QrCodeDeleted(resource("qrcode", data, at, oddities)),
            Some("page.created") => Self::PageCreated(resource("page", data, at, oddities)),
            Some("page.updated") => Self::PageUpdated(resource("page", data, at, oddities)),
            Some("page.deleted") => Self::PageDeleted(resource("page", data, at, oddities)),
            Some("lead.created") => Self::LeadCreated(decode_data(data, at, oddities)),
            Some("sale.created") => Self::SaleCreated(decode_data(data, at, oddities)),
            Some("partner.enrolled") => Self::PartnerEnrolled(partner(data, at, oddities)),
            Some("link.clicked") => Self::LinkClicked(decode_data(data, at, oddities)),
            Some("qrcode.scanned") => Self::QrCodeScanned(decode_data(data, at, oddities)),
            Some("page.visited") => Self::PageVisited(decode_data(data, at, oddities)),
            _ => Self::Unknown { event_type, data: data.cloned() },
        }
    }

    fn event_type(&self) -> Option<&str> {
        Some(match self {
            Self::LinkCreated(_) => "link.created",
            Self::LinkUpdated(_) => "link.updated",
            Self::LinkDeleted(_) => "link.deleted",
            Self::QrCodeCreated(_) => "qrcode.created",
            Self::QrCodeUpdated(_) => "qrcode.updated",
            Self::QrCodeDeleted(_) => "qrcode.deleted",
            Self::PageCreated(_) => "page.created",
            Self::PageUpdated(_) => "page.updated",
            Self::PageDeleted(_) => "page.deleted",
            Self::LeadCreated(_) => "lead.created",
            Self::SaleCreated(_) => "sale.created",
            Self::PartnerEnrolled(_) => "partner.enrolled",
            Self::LinkClicked(_) => "link.clicked",
            Self::QrCodeScanned(_) => "qrcode.scanned",
            Self::PageVisited(_) => "page.visited",
            Self::Unknown { event_type, .. } => return event_type.as_deref(),
        })
    }

    fn scan(&self) -> Option<Scan<'_>> {
        let Self::QrCodeScanned(scanned) = self else { return None };
        Some(scanned.common_scan())
    }
}

/// A resource: what the payload holds under its name, or else the payload itself. The samples have links flat and the
/// rest nested; the schema nests all of them.
fn resource<T: Object + Value>(name: &str, data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> Box<T> {
    let flat: Box<T> = decode_data(data, at, oddities);
    nested(name, &*flat, at, oddities).unwrap_or(flat)
}

/// A partner with the links, which stand beside it when it is nested.
fn partner(data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> Box<Partner> {
    let mut flat: Box<Partner> = decode_data(data, at, oddities);
    let Some(mut partner) = nested("partner", &*flat, at, oddities) else { return flat };
    if let Some(links) = flat.links.take() {
        partner.links = Some(links);
    }
    partner
}

/// The object under this name. No decoding is repeated: a nested object is a member that the flat reading does not
/// know and keeps unread.
fn nested<T: Object + Value>(name: &str, flat: &T, at: &str, oddities: &mut Oddities) -> Option<Box<T>> {
    decode_at(flat.extra().get(name)?, &format!("{at}.{name}"), oddities)
}
