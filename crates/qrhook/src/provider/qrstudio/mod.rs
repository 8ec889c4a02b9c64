//! QR Studio (QR Code Agency, qrstudio.agency).
//!
//! Signs `t`, a full stop and the raw body with HMAC-SHA256, in `X-QRStudio-Signature: t=<seconds>,v1=<hex>`. Source:
//! the vendor's tutorial "Listening for scan events" and its "Security model". `Assumed:` in a doc marks what no page
//! of the vendor documents.
//!
//! Other products share the vendor's name; at least one of them uses the same header with a different scheme.
//!
//! # Example
//!
//! ```
//! use qrhook::qrstudio::{Payload, QrStudio};
//! use qrhook::{Secrets, UnixTime};
//!
//! let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
//! let headers = [(
//!     "X-QRStudio-Signature",
//!     "t=1778335283,v1=c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a",
//! )];
//! let body = r#"{"type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
//! let now = UnixTime::from_secs(1778335290);
//!
//! let delivery = qrhook::verify::<QrStudio>(headers, body, &secrets, now)?;
//! let event = delivery.event();
//! assert_eq!(event.id, "evt_vector1");
//! let short_id = match &event.payload {
//!     Payload::ScanCreated(scan) => &scan.short_id,
//!     Payload::DynamicQrCreated(code) | Payload::DynamicQrUpdated(code) => &code.short_id,
//!     _ => &None,
//! };
//! assert_eq!(short_id.as_deref(), Some("aBc12dEf"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod common_scan;
mod event;

use http::HeaderName;

pub use self::event::{DynamicQr, Event, Payload, Quota, ScanCreated};
use super::{Content, Decoded, HmacScheme, Policy, Provider, Scheme};
use crate::{
    body::BodyProblem,
    event::{Envelope, JsonEvent},
};

/// QR Studio, as a [`Provider`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QrStudio;

impl Provider for QrStudio {
    type Event = Event;

    fn name(&self) -> &'static str {
        "qrstudio"
    }

    fn policy(&self) -> Policy {
        Policy::QR_STUDIO
    }

    fn scheme(&self) -> Scheme {
        let header = HeaderName::from_static("x-qrstudio-signature");
        HmacScheme::new(header).with_timestamp_item().into()
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<Event>, BodyProblem> {
        const ENVELOPE: Envelope = Envelope::new("id", "type").with_created_at("created_at").with_data("data");
        JsonEvent::decode(content, &ENVELOPE)
    }
}

#[cfg(test)]
#[cfg(any(test, feature = "testing"))]
mod tests;
