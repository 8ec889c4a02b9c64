//! QR Studio (QR Code Agency, qrstudio.agency).
//!
//! Signs `t`, a full stop and the raw body with HMAC-SHA256, in `X-QRStudio-Signature: t=<seconds>,v1=<hex>`. Source:
//! the vendor's tutorial "Listening for scan events" and its "Security model".
//!
//! Do not confuse this vendor with other products of this name: at least one uses the same header with another scheme.

mod common_scan;
mod event;

use http::HeaderName;

pub use self::event::{DynamicQr, Event, Payload, Quota, ScanCreated};
use super::{Content, Decoded, Policy, Provider, Scheme, SignatureFormat};
use crate::{
    body::BodyProblem,
    event::{Envelope, JsonEvent},
};

/// QR Studio, as a [`Provider`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QrStudio;

impl Provider for QrStudio {
    type Event = Event;

    const NAME: &'static str = "qrstudio";
    const POLICY: Policy = Policy::QR_STUDIO;

    fn scheme() -> Scheme {
        let header = HeaderName::from_static("x-qrstudio-signature");
        Scheme::Hmac { header, format: SignatureFormat::Timestamped }
    }

    fn decode(content: Content<'_>) -> Result<Decoded<Event>, BodyProblem> {
        const ENVELOPE: Envelope = Envelope::new("id", "type").with_created_at("created_at").with_data("data");
        JsonEvent::decode(content, &ENVELOPE)
    }
}

#[cfg(test)]
#[cfg(any(test, feature = "testing"))]
mod tests;
