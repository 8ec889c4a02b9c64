//! The events of CodeQR. Source: the vendor's page "Event types", unless another page is named.

use serde::de::Deserializer;

use super::{LeadCreated, Link, LinkClicked, Page, PageVisited, Partner, QrCode, QrCodeScanned, SaleCreated};
use crate::event::{Data, InPass, JsonEvent, JsonPayload, Oddities, RawJson, Scan, Source, Tolerantly, object::Object};

/// An event of CodeQR.
pub type Event = JsonEvent<Payload>;

/// The payload of an event, by its type. The [module page](super) has an example.
///
/// Every known payload is boxed, because a QR code alone takes almost 2 KiB.
///
/// The vendor's bulk endpoints send no events (page "Bulk operations").
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// `link.created`: a link was created.
    LinkCreated(Box<Link>),
    /// `link.updated`: a link was changed. Neither the changes nor the old values are sent. Assumed: the vendor's
    /// samples contain neither.
    LinkUpdated(Box<Link>),
    /// `link.deleted`: a link was deleted. Carries the whole former link.
    LinkDeleted(Box<Link>),
    /// `qrcode.created`: a QR code was created.
    QrCodeCreated(Box<QrCode>),
    /// `qrcode.updated`: a QR code was changed.
    QrCodeUpdated(Box<QrCode>),
    /// `qrcode.deleted`: a QR code was deleted. Carries the former code.
    QrCodeDeleted(Box<QrCode>),
    /// `page.created`: a page was created.
    PageCreated(Box<Page>),
    /// `page.updated`: a page was changed.
    PageUpdated(Box<Page>),
    /// `page.deleted`: a page was deleted. Carries the former page.
    PageDeleted(Box<Page>),
    /// `lead.created`: a lead was tracked.
    LeadCreated(Box<LeadCreated>),
    /// `sale.created`: a sale was tracked.
    SaleCreated(Box<SaleCreated>),
    /// `partner.enrolled`: a partner joined. The vendor withdrew this event in July 2026, so do not expect it.
    PartnerEnrolled(Box<Partner>),
    /// `link.clicked`: a link was clicked. Assumed: bots are included, because there is a field for them: see [`Interaction::bot`](super::Interaction::bot).
    LinkClicked(Box<LinkClicked>),
    /// `qrcode.scanned`: a QR code was scanned. Assumed: bots are included.
    QrCodeScanned(Box<QrCodeScanned>),
    /// `page.visited`: a page was viewed. Assumed: bots are included.
    PageVisited(Box<PageVisited>),
    /// An event of an unknown type.
    Unknown {
        /// The type on the wire; `None` if the event had none.
        event_type: Option<String>,
        /// The payload, unparsed.
        data: Option<RawJson>,
    },
}

impl Payload {
    fn of<D: Data>(event_type: Option<&str>, data: D) -> Result<Self, D::Error> {
        Ok(match event_type {
            Some("link.created") => Self::LinkCreated(resource("link", data)?),
            Some("link.updated") => Self::LinkUpdated(resource("link", data)?),
            Some("link.deleted") => Self::LinkDeleted(resource("link", data)?),
            Some("qrcode.created") => Self::QrCodeCreated(resource("qrcode", data)?),
            Some("qrcode.updated") => Self::QrCodeUpdated(resource("qrcode", data)?),
            Some("qrcode.deleted") => Self::QrCodeDeleted(resource("qrcode", data)?),
            Some("page.created") => Self::PageCreated(resource("page", data)?),
            Some("page.updated") => Self::PageUpdated(resource("page", data)?),
            Some("page.deleted") => Self::PageDeleted(resource("page", data)?),
            Some("lead.created") => Self::LeadCreated(data.read()?),
            Some("sale.created") => Self::SaleCreated(data.read()?),
            Some("partner.enrolled") => Self::PartnerEnrolled(data.read_nested("partner", add_links)?),
            Some("link.clicked") => Self::LinkClicked(data.read()?),
            Some("qrcode.scanned") => Self::QrCodeScanned(data.read()?),
            Some("page.visited") => Self::PageVisited(data.read()?),
            _ => Self::Unknown { event_type: event_type.map(str::to_owned), data: data.keep()? },
        })
    }
}

/// Reads a resource: the object under its name in the payload, or else the payload itself. In the samples, links and
/// the partner are flat and everything else is nested; the schema nests all of them. Assumed: QR codes and pages may be
/// flat too.
fn resource<T: Object, D: Data>(name: &str, data: D) -> Result<Box<T>, D::Error> {
    data.read_nested(name, |_, _| {})
}

/// Adds the links, which are next to a nested partner and not in it.
fn add_links(partner: &mut Partner, beside: Partner) {
    if beside.links.is_some() {
        partner.links = beside.links;
    }
}

impl JsonPayload for Payload {
    fn decode(event_type: Option<String>, data: Option<&RawJson>, at: &str, oddities: &mut Oddities) -> Self {
        let Ok(payload) = Self::of(event_type.as_deref(), Tolerantly { data, at, oddities });
        payload
    }

    fn read<'de, D: Deserializer<'de>>(event_type: &str, data: D, source: Source<'_>) -> Result<Self, D::Error> {
        Self::of(Some(event_type), InPass::new(data, source))
    }

    fn event_type(&self) -> Option<&str> {
        match self {
            Self::Unknown { event_type, .. } => event_type.as_deref(),
            known => known.known_type(),
        }
    }

    fn known_type(&self) -> Option<&'static str> {
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
            Self::Unknown { .. } => return None,
        })
    }

    fn scan(&self) -> Option<Scan<'_>> {
        let Self::QrCodeScanned(scanned) = self else { return None };
        Some(scanned.common_scan())
    }
}
