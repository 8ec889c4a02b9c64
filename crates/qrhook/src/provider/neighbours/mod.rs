//! Further senders of links and QR codes whose schemes are published. Each is a few lines of data.
//!
//! Their events are [`PlainEvent`]s. The payload is typed where the vendor's page shows the members; otherwise it is
//! JSON, which [`RawJson::parse`](crate::event::RawJson::parse) reads into a type of your own. The facts come from the
//! vendors' pages, as they were in 2026. `Assumed:` marks what no page says.
//!
//! | Sender | Proof | Id | Deduplicated | Typed |
//! | --- | --- | --- | --- | --- |
//! | [`Dub`] | hex in `Dub-Signature` | `/id` | yes | all: [`dub`] |
//! | [`Qr3`] | `sha256=` in `X-QR3-Signature` | `/id` | yes | scans: [`qr3`] |
//! | [`QrLumo`] | `sha256=` in `X-QRlumo-Signature` | `/id` | yes | scans: [`qrlumo`] |
//! | [`ThreeQpr`] | `sha256=` in `X-3QPR-Signature` | not published | **no** | nothing |
//! | [`LinkShor`] | hex in `X-LinkShor-Signature` | none | **no** | new links, clicks: [`linkshor`] |
//! | [`Scribeless`] | `sha256=` in `X-Scribeless-Signature`, with a time | `/id` | yes | all: [`scribeless`] |
//! | [`CodeBox`] | hex in `X-Webhook-Signature` | `/data/scanId`, of scans only | scans only | all: [`codebox`] |
//! | [`JustScanIt`] | hex in `X-Webhook-Signature` | none | **no** | scans, one member: [`just_scan_it`] |
//! | [`ScanCue`] | `t=,v1=` in `X-Cue-Signature` | `/id` | yes | scans: [`scancue`] |
//!
//! An event without an id is delivered each time that it is sent, because nothing tells a repeat from another event.
//!
//! # Example
//!
//! ```
//! use qrhook::neighbours::{Dub, dub::Payload};
//! use qrhook::{Secrets, UnixTime};
//!
//! let body = r#"{"id":"evt_1","event":"link.clicked","data":{"click":{"qr":true}}}"#;
//! let signature = "7489e895fba2bb52e4a61fa98089ac2c4070f144ef3d69031b8bf89fbc2cd0ac";
//! let secrets = Secrets::one("whsec_example")?;
//! let delivery = qrhook::verify::<Dub>([("Dub-Signature", signature)], body, &secrets, UnixTime::now())?;
//! match &delivery.event().payload {
//!     Payload::LinkClicked(clicked) => {
//!         assert_eq!(clicked.click.as_ref().and_then(|click| click.qr), Some(true));
//!     }
//!     other => panic!("another type: {other:?}"),
//! }
//! // It came from a QR code, so it is a scan, in the same form as with any other sender.
//! assert_eq!(delivery.scan().map(|scan| scan.sender), Some("dub"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod codebox;
pub mod dub;
pub mod just_scan_it;
pub mod linkshor;
pub mod qr3;
pub mod qrlumo;
pub mod scancue;
pub mod scribeless;
#[cfg(test)]
mod tests;

use std::time::Duration;

use http::HeaderName;

use super::{Content, Decoded, HmacScheme, Policy, Provider, Scheme, Window};
use crate::{
    body::BodyProblem,
    event::{Layout, PlainEvent},
};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = HOUR.saturating_mul(24);

/// Retries of an unknown schedule. Assumed: they end within a day.
const UNKNOWN_RETRIES: Policy = Policy::JSON.with_retention(DAY.saturating_mul(3), DAY);

macro_rules! senders {
    ($($(#[$doc:meta])* $type:ident $name:literal: $event:ty, $scheme:expr, $policy:expr, $layout:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $type;

        impl Provider for $type {
            type Event = $event;

            fn name(&self) -> &'static str {
                $name
            }

            fn policy(&self) -> Policy {
                $policy
            }

            fn scheme(&self) -> Scheme {
                $scheme.into()
            }

            fn decode(&self, content: Content<'_>) -> Result<Decoded<$event>, BodyProblem> {
                const LAYOUT: Layout = $layout;
                <$event>::decode(content, &LAYOUT)
            }
        }
    )*};
}

fn hex(header: &'static str) -> HmacScheme {
    HmacScheme::new(HeaderName::from_static(header))
}

fn sha256(header: &'static str) -> HmacScheme {
    hex(header).with_prefix("sha256=")
}

senders! {
    /// Dub (dub.co), links. Source: its pages "Introduction", "Event types" and "Verify webhook requests", and its code.
    ///
    /// The key is the text of the whole secret. Retries come after 12 s, 2 min 28 s, 30 min 8 s, 6 h 7 min 6 s, and then
    /// daily; page and code differ on their end. No time is signed.
    Dub "dub": dub::Event, hex("dub-signature"),
        Policy::JSON.with_retention(DAY.saturating_mul(16), DAY.saturating_mul(3)).with_whsec_prefix(),
        Layout::new().with_id("/id").with_type("/event").with_created_at("/createdAt").with_data("/data");

    /// QR3 (qr3.app). Source: its page "Webhooks".
    ///
    /// Assumed: the raw body is signed. The vendor's sample signs the body after it was serialised again.
    Qr3 "qr3": qr3::Event, sha256("x-qr3-signature"),
        UNKNOWN_RETRIES,
        Layout::new().with_id("/id").with_type("/type").with_created_at("/created").with_data("/data");

    /// QRlumo (qrlumo.com). Source: its page "Webhooks".
    ///
    /// Five attempts: at once, and after 1 min, 10 min, 1 h and 24 h.
    QrLumo "qrlumo": qrlumo::Event, sha256("x-qrlumo-signature"),
        Policy::JSON.with_retention(DAY.saturating_mul(3), HOUR.saturating_mul(26)),
        Layout::new().with_id("/id").with_type("/event").with_created_at("/createdAt").with_data("/data");

    /// 3QPR (3qpr.com). Source: its pages "Webhooks".
    ///
    /// The names of the members are not published, so the data is the whole body, and events are **not deduplicated**.
    ThreeQpr "3qpr": PlainEvent, sha256("x-3qpr-signature"),
        UNKNOWN_RETRIES.with_whsec_prefix(),
        Layout::new();

    /// LinkShor (linkshor.com). Source: its page "Webhooks".
    ///
    /// There is no id, and two clicks within a second may have equal bodies, so events are **not deduplicated**. One
    /// secret is for all hooks of an organization.
    LinkShor "linkshor": linkshor::Event, hex("x-linkshor-signature"),
        UNKNOWN_RETRIES,
        Layout::new().with_type("/event").with_created_at("/timestamp").with_data("/data");

    /// Scribeless (scribeless.co). Source: its pages on webhooks, and its n8n node.
    ///
    /// The headers with the type and with an id of the delivery are not signed, so they are not read. The payload is the
    /// whole body.
    Scribeless "scribeless": scribeless::Event,
        sha256("x-scribeless-signature").with_time_header(HeaderName::from_static("x-scribeless-timestamp")),
        UNKNOWN_RETRIES.with_window(Window::DEFAULT).with_whsec_prefix(),
        Layout::new().with_id("/id").with_type("/type").with_created_at("/created_at");

    /// CodeBox (codebox.club). Source: its page "Webhooks".
    ///
    /// Only `scan.created` has an id. Other events are **not deduplicated**.
    CodeBox "codebox": codebox::Event, hex("x-webhook-signature"),
        UNKNOWN_RETRIES,
        Layout::new().with_id("/data/scanId").with_type("/event").with_created_at("/timestamp").with_data("/data");

    /// Just Scan It (just-scan-it.nl). Source: its page "Webhook integration guide".
    ///
    /// No member is named as an id, so events are **not deduplicated**.
    JustScanIt "just-scan-it": just_scan_it::Event, hex("x-webhook-signature"),
        Policy::JSON.with_retention(DAY, HOUR),
        Layout::new().with_type("/event").with_created_at("/timestamp").with_data("/data");

    /// ScanCue (scancue.co). Source: its page "Webhooks".
    ///
    /// Retries for up to 24 h.
    ScanCue "scancue": scancue::Event, hex("x-cue-signature").with_timestamp_item(),
        Policy::JSON.with_retention(DAY.saturating_mul(3), HOUR.saturating_mul(25)).with_window(Window::DEFAULT),
        Layout::new().with_id("/id").with_type("/type").with_created_at("/createdAt").with_data("/data");
}
