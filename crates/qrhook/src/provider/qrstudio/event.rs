//! The events of QR Studio. Source: the vendor's tutorial "Listening for scan events", unless another page is named.
//! `Assumed:` marks what no page of the vendor documents.

use serde::de::Deserializer;

use crate::{
    event::{Data, InPass, JsonEvent, JsonPayload, Oddities, RawJson, Scan, Source, Tolerantly, object::object},
    time::Timestamp,
};

/// An event of QR Studio.
pub type Event = JsonEvent<Payload>;

/// The payload of an event, by its type. The [module page](super) has an example.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// `scan.created`: a dynamic QR code was scanned. Bots included: see [`ScanCreated::is_bot`].
    ScanCreated(ScanCreated),
    /// `dynamic_qr.created`: a dynamic QR code was created.
    DynamicQrCreated(DynamicQr),
    /// `dynamic_qr.updated`: the destination, name, active state or variants of a dynamic QR code changed. Assumed: the
    /// payload, because the vendor publishes none.
    DynamicQrUpdated(DynamicQr),
    /// `quota.threshold_75`: 75 % of the month's renders are used. Assumed: the payload, because the vendor
    /// publishes none.
    QuotaThreshold75(Quota),
    /// `quota.threshold_100`: all of the month's renders are used. On most plans, rendering continues as paid overage,
    /// so this does not mean that anything stopped (page "Plans and limits"). Assumed: the payload, because the vendor
    /// publishes none.
    QuotaThreshold100(Quota),
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
        match self {
            Self::Unknown { event_type, .. } => event_type.as_deref(),
            known => known.known_type(),
        }
    }

    fn known_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::ScanCreated(_) => "scan.created",
            Self::DynamicQrCreated(_) => "dynamic_qr.created",
            Self::DynamicQrUpdated(_) => "dynamic_qr.updated",
            Self::QuotaThreshold75(_) => "quota.threshold_75",
            Self::QuotaThreshold100(_) => "quota.threshold_100",
            Self::Unknown { .. } => return None,
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
        /// The scanned code: the last part of its printed URL (page "Dynamic QRs"). Eight characters in every
        /// example.
        "short_id" => short_id: String;
        /// The owner's label for the code, at most 120 characters (page "Dynamic QRs"); scanners never see it.
        "name" => name: String;
        /// The account that owns the code.
        "owner_id" => owner_id: u64;
        /// The URL to which this scan was sent. Assumed: the served variant's URL in an A/B test; no page says which.
        "destination_url" => destination_url: String;
        /// Time of the scan, with milliseconds.
        "scanned_at" => scanned_at: Timestamp;
        /// Country of the scanner if known, ISO 3166-1 alpha-2; `XX` or `T1` may stand for "unknown". Assumed: the
        /// format from one example, the placeholders from common edge networks.
        "country" => country: String;
        /// City of the scanner if known.
        "city" => city: String;
        /// Device, from the user agent; free text.
        "device_family" => device_family: String;
        /// Operating system, from the user agent; free text.
        "os_family" => os_family: String;
        /// Browser, from the user agent; free text.
        "browser_family" => browser_family: String;
        /// The HTTP `Referer` header of the scan; camera apps normally send none.
        "referer" => referer: String;
        /// The HTTP `User-Agent` header of the scan, unchanged.
        "user_agent" => user_agent: String, masked;
        /// Whether the vendor classified the visitor as a bot; `None` means unknown.
        "is_bot" => is_bot: bool;
        /// Label of the A/B variant that was served, `(default)` if none was. Assumed: other labels; none is published.
        "variant_label" => variant_label: String;
    }
}

object! {
    /// A dynamic QR code after its creation or change. The payload of `dynamic_qr.created` is documented. Assumed: all
    /// of `dynamic_qr.updated`, from `dynamic_qr.created` and the vendor's REST resource (page "Dynamic QRs").
    pub struct DynamicQr {
        /// The code's id: the last part of its printed URL. Assumed: in `dynamic_qr.updated`, from
        /// `dynamic_qr.created`.
        "short_id" => short_id: String;
        /// The owner's label, after any change. Assumed: in `dynamic_qr.updated`, from `dynamic_qr.created`.
        "name" => name: String;
        /// The URL to which scans are sent, after any change. Assumed: in `dynamic_qr.updated`, from
        /// `dynamic_qr.created`.
        "destination_url" => destination_url: String;
        /// The account that owns the code. Assumed: in `dynamic_qr.updated`, from `dynamic_qr.created`.
        "owner_id" => owner_id: u64;
        /// Whether the code is active; `false` means paused. Assumed: a field of the REST resource.
        "is_active" => is_active: bool;
        /// The A/B variants, unparsed. Assumed: a field of the REST resource, whose element shape is not published.
        "variants" => variants: Vec<RawJson>;
        /// Time of the change. Assumed: a field of the REST resource.
        "updated_at" => updated_at: Timestamp;
    }
}

object! {
    /// The use of a monthly quota. The event's type tells you which threshold was crossed. Assumed: all of it, from the
    /// vendor's usage endpoint (page "GET /api/v1/usage/").
    pub struct Quota {
        /// The account whose quota this is. Assumed: a field of the documented payloads.
        "owner_id" => owner_id: u64;
        /// Plan: `free`, `starter`, `pro`, `agency` or `enterprise`. Assumed: a field of the usage endpoint.
        "plan" => plan: String;
        /// Renders allowed per calendar month. Assumed: a field of the usage endpoint.
        "monthly_quota" => monthly_quota: u64;
        /// Renders since the first of the month, 00:00 UTC. Assumed: a field of the usage endpoint.
        "used_this_month" => used_this_month: u64;
        /// Renders left this month, never negative. Assumed: a field of the usage endpoint.
        "remaining" => remaining: u64;
        /// Renders left in bought credit packs. Assumed: a field of the usage endpoint.
        "credits_remaining" => credits_remaining: u64;
        /// The crossed threshold in percent. Assumed: suggested by the name of the event.
        "threshold" => threshold: u64;
    }
}
