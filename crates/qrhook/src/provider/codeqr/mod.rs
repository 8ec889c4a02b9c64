//! CodeQR (codeqr.io).
//!
//! The header `CodeQR-Signature: <hex>` holds the HMAC-SHA256 of the raw body. Source: the vendor's page "Verify
//! webhook requests". No time is signed, so a repeated request can only be recognised by its event id.
//!
//! The fields of the events come from the vendor's page "Event types" (with and without its sample payloads) and from
//! the component `webhookDataPayloadSchema` of its OpenAPI document, called *the schema* here. The two disagree in
//! places, so every spelling found in either is accepted. CodeQR is a fork of Dub (dub.co). Where no page of the vendor
//! confirms a detail, for example because only Dub documents it, the docs end with "Assumed:" and the reason.
//!
//! ```
//! use qrhook::codeqr::{CodeQr, Payload};
//! use qrhook::{Secrets, UnixTime};
//!
//! let secrets = Secrets::one("whsec_00000000000000000000000000000000")?;
//! let body = r#"{"id":"evt_0000000000000000000000001","event":"link.created","createdAt":"2026-03-14T09:00:00.123Z","data":{"id":"cmexamplelink0000000000001"}}"#;
//! let signature = "9c66f2ed446e7dd94e2aeea3c4ffec17774f27514d4bfe643a598033a22f43ff";
//!
//! let delivery = qrhook::verify::<CodeQr>([("CodeQR-Signature", signature)], body, &secrets, UnixTime::now())?;
//! let Payload::LinkCreated(link) = &delivery.event().payload else { panic!("unexpected event type") };
//! assert_eq!(link.id.as_deref(), Some("cmexamplelink0000000000001"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod common_scan;
mod conversion;
mod event;
mod interaction;
mod link;
mod page;
mod partner;
mod qr_code;
#[cfg(test)]
mod tests;

use http::HeaderName;

pub use self::{
    conversion::{Customer, CustomerLink, LeadCreated, Sale, SaleCreated},
    event::{Event, Payload},
    interaction::{Interaction, LinkClicked, PageVisited, QrCodeScanned},
    link::{Link, Rule, Tag},
    page::Page,
    partner::{Partner, PartnerLink},
    qr_code::{QrCode, WhatsApp},
};
use super::{Content, Decoded, Policy, Provider, Scheme, SignatureFormat};
use crate::{
    body::BodyProblem,
    event::{Envelope, JsonEvent},
};

/// The [`Provider`] of CodeQR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeQr;

impl Provider for CodeQr {
    type Event = Event;

    const NAME: &'static str = "codeqr";
    const POLICY: Policy = Policy::CODE_QR;

    fn scheme() -> Scheme {
        Scheme::Hmac { header: HeaderName::from_static("codeqr-signature"), format: SignatureFormat::Hex }
    }

    fn decode(content: Content<'_>) -> Result<Decoded<Event>, BodyProblem> {
        const ENVELOPE: Envelope = Envelope::new("id", "event").with_created_at("createdAt").with_data("data");
        JsonEvent::decode(content, &ENVELOPE)
    }
}
