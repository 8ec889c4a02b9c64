//! CodeQR (codeqr.io).
//!
//! Signs the raw body with HMAC-SHA256, in `CodeQR-Signature: <hex>`. Source: the vendor's page "Verify webhook
//! requests". No time is signed, so only the event id distinguishes a repeated request from a new one.
//!
//! The fields of the events come from the vendor's page "Event types", with and without its sample payloads, and from
//! the component `webhookDataPayloadSchema` of its OpenAPI document, here called *the schema*. The two disagree in
//! places, and every spelling in either of them is read. CodeQR is a fork of Dub (dub.co). `Assumed:` in a doc marks
//! what no page of the vendor documents, such as facts known only from Dub's documentation or code.
//!
//! # Example
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
//! let Payload::LinkCreated(link) = &delivery.event().payload else { panic!("another type") };
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
use super::{Content, Decoded, HmacScheme, Policy, Provider, Scheme};
use crate::{
    body::BodyProblem,
    event::{Envelope, JsonEvent},
};

/// CodeQR, as a [`Provider`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodeQr;

impl Provider for CodeQr {
    type Event = Event;

    fn name(&self) -> &'static str {
        "codeqr"
    }

    fn policy(&self) -> Policy {
        Policy::CODE_QR
    }

    fn scheme(&self) -> Scheme {
        HmacScheme::new(HeaderName::from_static("codeqr-signature")).into()
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<Event>, BodyProblem> {
        const ENVELOPE: Envelope = Envelope::new("id", "event").with_created_at("createdAt").with_data("data");
        JsonEvent::decode(content, &ENVELOPE)
    }
}
