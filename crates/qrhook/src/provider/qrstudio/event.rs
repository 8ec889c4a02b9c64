//! The events of QR Studio. Source: the vendor's tutorial "Listening for scan events", unless another page is named.

use serde::de::Deserializer;

use crate::{
    event::{Data, InPass, JsonEvent, JsonPayload, Oddities, RawJson, Scan, Source, Tolerantly, object::object},
    time::Timestamp,
};

/// An event of QR Studio.
pub type Event = JsonEvent<Payload>;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// `scan.created`: a dynamic QR code was scanned. Bots included: see [`ScanCreated::is_bot`].
    ScanCreated(ScanCreated),
    /// `dynamic_qr.created`: a dynamic QR code was created.
    DynamicQrCreated(DynamicQr),
    /// `dynamic_qr.updated`: its destination, name, active state or variants changed. The vendor publishes no payload
    /// for this event.
    DynamicQrUpdated(DynamicQr),
    /// `quota.threshold_75`: three quarters of the month's renders are used. No published payload.
    QuotaThreshold75(Quota),
    /// `quota.threshold_100`: all of the month's renders are used. On most plans rendering goes on as paid overage, so
    /// this does not mean that anything stopped (page "Plans and limits"). No published payload.
    QuotaThreshold100(Quota),
    /// A type that this version does not know.
    Unknown {
        /// The type on the wire. `None` when the event named none.
        event_type: Option<String>,
        /// Its payload, unread.
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
        /// The code that was scanned: the last part of its printed URL (page "Dynamic QRs"). Eight characters in every
        /// example.
        "short_id" => short_id: String;
        /// The owner's label for the code, at most 120 characters (page "Dynamic QRs"); scanners never see it.
        "name" => name: String;
        /// The account that owns the code.
        "owner_id" => owner_id: u64;
        /// Where this scan was sent.
        "destination_url" => destination_url: String;
        /// When it was scanned, with milliseconds.
        "scanned_at" => scanned_at: Timestamp;
        /// Country of the scanner when it is known, two capital letters in the example; `XX` or `T1` may stand for
        /// "unknown".
        "country" => country: String;
        /// City of the scanner when it is known.
        "city" => city: String;
        /// Device, from the user agent. Free text.
        "device_family" => device_family: String;
        /// Operating system, from the user agent. Free text.
        "os_family" => os_family: String;
        /// Browser, from the user agent. Free text.
        "browser_family" => browser_family: String;
        /// The HTTP `Referer` of the scan; camera apps normally send none.
        "referer" => referer: String;
        /// The HTTP `User-Agent` of the scan, as it was sent.
        "user_agent" => user_agent: String, masked;
        /// Whether the vendor takes the visitor for a bot. `None` means unknown.
        "is_bot" => is_bot: bool;
        /// The A/B variant that was served, `(default)` when there was none.
        "variant_label" => variant_label: String;
    }
}

object! {
    /// A dynamic QR code. After `dynamic_qr.created` the first four fields are documented; after `dynamic_qr.updated`
    /// all of them are a guess from the vendor's REST resource (page "Dynamic QRs").
    pub struct DynamicQr {
        /// The code's id: the last part of its printed URL.
        "short_id" => short_id: String;
        /// The owner's label, after the change.
        "name" => name: String;
        /// Where scans are sent, after the change.
        "destination_url" => destination_url: String;
        /// The account that owns the code.
        "owner_id" => owner_id: u64;
        /// `false` means that the code is paused.
        "is_active" => is_active: bool;
        /// The A/B variants, unread: their shape is not published.
        "variants" => variants: Vec<RawJson>;
        /// When the code was changed.
        "updated_at" => updated_at: Timestamp;
    }
}

object! {
    /// The use of a monthly quota. A guess from the vendor's usage endpoint (page "GET /api/v1/usage/"). The event's type
    /// tells you which threshold was crossed.
    pub struct Quota {
        /// The account whose quota it is.
        "owner_id" => owner_id: u64;
        /// `free`, `starter`, `pro`, `agency` or `enterprise`.
        "plan" => plan: String;
        /// Renders that the plan allows in a calendar month.
        "monthly_quota" => monthly_quota: u64;
        /// Renders since the first of the month, 00:00 UTC.
        "used_this_month" => used_this_month: u64;
        /// Renders that are left, never negative.
        "remaining" => remaining: u64;
        /// Renders left in bought credit packs.
        "credits_remaining" => credits_remaining: u64;
        /// The threshold in percent.
        "threshold" => threshold: u64;
    }
}
