//! The events of QR Studio. Source: the vendor's tutorial "Listening for scan events", unless another page is named.

use serde::de::Deserializer;

use crate::{
    event::{Data, InPass, JsonEvent, JsonPayload, Oddities, RawJson, Scan, Source, Tolerantly, object::object},
    time::Timestamp,
};

/// An event of QR Studio.
pub type Event = JsonEvent<Payload>;

/// The payload, by the type of the event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// `scan.created`: a dynamic QR code was scanned. Scans by bots are included: see [`ScanCreated::is_bot`].
    ScanCreated(ScanCreated),
    /// `dynamic_qr.created`: a dynamic QR code was created.
    DynamicQrCreated(DynamicQr),
    /// `dynamic_qr.updated`: the destination, name, active state or variants of a code changed. Assumed: the vendor
    /// publishes no payload for this event.
    DynamicQrUpdated(DynamicQr),
    /// `quota.threshold_75`: three quarters of the renders of this month are used. Assumed: the vendor publishes no
    /// payload for this event.
    QuotaThreshold75(Quota),
    /// `quota.threshold_100`: all renders of this month are used. On most plans rendering continues as paid overage, so
    /// this event does not mean that it stopped (page "Plans and limits"). Assumed: the vendor publishes no payload for
    /// this event.
    QuotaThreshold100(Quota),
    /// A type that this version does not know.
    Unknown {
        /// The type on the wire. `None` if the event has none.
        event_type: Option<String>,
        /// The unread payload.
        data: Option<RawJson>,
    },
}

impl Payload {
    fn of<D: Data>(event_type: Option<&str>, data: D) -> Result<Self, D::Error> {
        Ok(match event_type {
            Some("scan.created") => Self::ScanCreated(data.read()?),
            Some("dynamic_qr.created") => Self::DynamicQrCreated(data.read()?),
            Some("dynamic_qr.updated") => Self::DynamicQrUpdated(data.read()?),
            Some("quota.threshold_75") => Self::QuotaThreshold75(data.read()?),
            Some("quota.threshold_100") => Self::QuotaThreshold100(data.read()?),
            _ => Self::Unknown { event_type: event_type.map(str::to_owned), data: data.keep()? },
        })
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
        Some(match self {
            Self::ScanCreated(_) => "scan.created",
            Self::DynamicQrCreated(_) => "dynamic_qr.created",
            Self::DynamicQrUpdated(_) => "dynamic_qr.updated",
            Self::QuotaThreshold75(_) => "quota.threshold_75",
            Self::QuotaThreshold100(_) => "quota.threshold_100",
            Self::Unknown { event_type, .. } => return event_type.as_deref(),
        })
    }

    fn scan(&self) -> Option<Scan<'_>> {
        let Self::ScanCreated(scan) = self else { return None };
        Some(scan.common_scan())
    }
}

object! {
    /// A scan of a dynamic QR code.
    pub struct ScanCreated {
        /// The scanned code: the last part of its printed URL (page "Dynamic QRs"). Eight characters in every example.
        "short_id" => short_id: String;
        /// The owner's label for the code, at most 120 characters (page "Dynamic QRs"). Visitors never see it.
        "name" => name: String;
        /// The account that owns the code.
        "owner_id" => owner_id: u64;
        /// The URL to which this scan was redirected.
        "destination_url" => destination_url: String;
        /// The time of the scan, with milliseconds.
        "scanned_at" => scanned_at: Timestamp;
        /// The country of the visitor if it is known, two capital letters in the example. Assumed: `XX` or `T1` may
        /// mean "unknown".
        "country" => country: String;
        /// The city of the visitor if it is known.
        "city" => city: String;
        /// The device, from the user agent. Free text.
        "device_family" => device_family: String;
        /// The operating system, from the user agent. Free text.
        "os_family" => os_family: String;
        /// The browser, from the user agent. Free text.
        "browser_family" => browser_family: String;
        /// The HTTP `Referer` of the scan. Camera apps normally send none.
        "referer" => referer: String;
        /// The HTTP `User-Agent` of the scan, as it was sent.
        "user_agent" => user_agent: String, masked;
        /// Whether the vendor considers the visitor a bot. `None` means unknown.
        "is_bot" => is_bot: bool;
        /// The A/B variant that was served, or `(default)` if there was none.
        "variant_label" => variant_label: String;
    }
}

object! {
    /// A dynamic QR code. For `dynamic_qr.created`, the first four fields are documented. Assumed: for
    /// `dynamic_qr.updated`, all fields are taken from the vendor's REST resource (page "Dynamic QRs").
    pub struct DynamicQr {
        /// The id of the code: the last part of its printed URL.
        "short_id" => short_id: String;
        /// The owner's label, after the change.
        "name" => name: String;
        /// The URL to which scans are redirected, after the change.
        "destination_url" => destination_url: String;
        /// The account that owns the code.
        "owner_id" => owner_id: u64;
        /// `false` if the code is paused. Assumed: from the REST resource.
        "is_active" => is_active: bool;
        /// The A/B variants, unread, because their shape is not published. Assumed: from the REST resource.
        "variants" => variants: Vec<RawJson>;
        /// The time of the change. Assumed: from the REST resource.
        "updated_at" => updated_at: Timestamp;
    }
}

object! {
    /// The use of a monthly quota. A guess from the vendor's usage endpoint (page "GET /api/v1/usage/"). The event's
    /// type tells you which threshold was crossed.
    pub struct Quota {
        /// The account of the quota. Assumed.
        "owner_id" => owner_id: u64;
        /// The plan: `free`, `starter`, `pro`, `agency` or `enterprise`. Assumed.
        "plan" => plan: String;
        /// The renders per calendar month that the plan allows. Assumed.
        "monthly_quota" => monthly_quota: u64;
        /// The renders since the first of the month, 00:00 UTC. Assumed.
        "used_this_month" => used_this_month: u64;
        /// The remaining renders, never negative. Assumed.
        "remaining" => remaining: u64;
        /// The remaining renders in purchased credit packs. Assumed.
        "credits_remaining" => credits_remaining: u64;
        /// The threshold in percent. Assumed.
        "threshold" => threshold: u64;
    }
}
