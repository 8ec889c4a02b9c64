//! The events of QR Planet. Source: both vendor pages, unless another one is named.

use std::fmt;

use super::{
    FailureReason, FormExtra, Position, Redemption, Voucher,
    parameter::{Parameters, parameters},
};
use crate::{
    body::{BodyProblem, Form},
    event::{self, Decoded, Identity, Scan},
    time::Timestamp,
};

/// An event of QR Planet: the parameters that all events have, and a payload.
///
/// An empty value counts as missing, and if a parameter is repeated, the last one counts. A value that does not fit its
/// type, such as `many` for a number, is `None` here and listed in [`oddities`](crate::Delivery::oddities); its text
/// remains in [`raw`](crate::Delivery::raw). An unreadable time is listed as well, but keeps its text.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The time of the event. Neither the format nor the zone is documented, so a time without a zone is a
    /// [local](Timestamp::local) time at an unknown place. It is not signed, so it does not protect against replays.
    ///
    /// Wire name: `timestamp`.
    pub timestamp: Option<Timestamp>,
    /// The account that created the QR code or voucher. The vendor does not say whether this is a login name or a
    /// number.
    ///
    /// Wire name: `user`. Not shown by `Debug` (masked).
    pub user: Option<String>,
    /// The QR code or voucher, as it was sent: "the short URL", which is a URL with any host. Assumed: it may also be
    /// only the last part of the URL, and a job, which covers many codes, may have none.
    ///
    /// Wire name: `code`.
    pub code: Option<String>,
    /// The payload, by the type of the event.
    pub payload: Payload,
    /// The parameters that this version does not know.
    pub extra: FormExtra,
}

/// The payload, by the type of the event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// `QR_CODE_CREATED`: a QR code was generated.
    QrCodeCreated,
    /// `QR_CODE_SCANNED`: a QR code was scanned. The vendor does not say whether bots are included.
    QrCodeScanned(QrCodeScanned),
    /// `VOUCHER_CREATED`: a voucher was created. Assumed: no payload is documented, so it is read like that of
    /// `VOUCHER_UPDATED`.
    VoucherCreated(Voucher),
    /// `VOUCHER_UPDATED`: a voucher was changed.
    VoucherUpdated(Voucher),
    /// `VOUCHER_REDEEMED` with the status `SUCCESS`: a voucher was redeemed.
    VoucherRedeemed(Redemption),
    /// `VOUCHER_REDEEMED` with any other status, or without one: an attempt failed. The platform has one event for both
    /// outcomes. Here, a handler that matches only `VoucherRedeemed` never acts on a failed redemption.
    VoucherRedemptionFailed {
        /// The reason of the failure.
        reason: FailureReason,
        /// The failed attempt.
        redemption: Redemption,
    },
    /// `VOUCHER_EXPIRED`: a voucher expired. Assumed: no payload is documented, so it is read like that of
    /// `VOUCHER_UPDATED`.
    VoucherExpired(Voucher),
    /// `LEAD_CREATED`: a visitor sent a form on a landing page (the Spanish help article mentions the form).
    LeadCreated(Lead),
    /// `CALL_2_ACTION_BUTTON_CLICKED`: a call-to-action button was clicked.
    CallToActionClicked(CallToActionClicked),
    /// `JOB_FINISHED`: a bulk job for designer QR codes ended. The vendor does not say whether failed jobs are included.
    JobFinished(JobFinished),
    /// A type that this version does not know. Its parameters are in [`Event::extra`].
    Unknown {
        /// The type on the wire, never empty.
        event_type: String,
    },
}

impl Event {
    pub(super) fn decode(form: &Form<'_>) -> Result<Decoded<Self>, BodyProblem> {
        const EVENT: &str = "event";
        let mut parameters = Parameters::of(form);
        let event_type = parameters.take(EVENT).ok_or(BodyProblem::NoEvent { field: EVENT })?;
        let timestamp = parameters.get(&["timestamp"]);
        let user = parameters.get(&["user"]);
        let code = parameters.get(&["code"]);
        let payload = Payload::read(&event_type, &mut parameters);
        let (extra, oddities) = parameters.finish();
        Ok(Decoded { event: Self { timestamp, user, code, payload, extra }, oddities })
    }

    /// The type on the wire, which every event has. It is also `VOUCHER_REDEEMED` for a failed attempt.
    pub fn event_type(&self) -> Option<&str> {
        Some(self.payload.event_type())
    }
}

impl Payload {
    fn read(event_type: &str, parameters: &mut Parameters<'_>) -> Self {
        match event_type {
            "QR_CODE_CREATED" => Self::QrCodeCreated,
            "QR_CODE_SCANNED" => Self::QrCodeScanned(QrCodeScanned::read(parameters)),
            "VOUCHER_CREATED" => Self::VoucherCreated(Voucher::read(parameters)),
            "VOUCHER_UPDATED" => Self::VoucherUpdated(Voucher::read(parameters)),
            "VOUCHER_REDEEMED" => {
                let (failure, redemption) = (FailureReason::take(parameters), Redemption::read(parameters));
                match failure {
                    None => Self::VoucherRedeemed(redemption),
                    Some(reason) => Self::VoucherRedemptionFailed { reason, redemption },
                }
            }
            "VOUCHER_EXPIRED" => Self::VoucherExpired(Voucher::read(parameters)),
            "LEAD_CREATED" => Self::LeadCreated(Lead::read(parameters)),
            "CALL_2_ACTION_BUTTON_CLICKED" => Self::CallToActionClicked(CallToActionClicked::read(parameters)),
            "JOB_FINISHED" => Self::JobFinished(JobFinished::read(parameters)),
            _ => Self::Unknown { event_type: event_type.to_owned() },
        }
    }

    fn event_type(&self) -> &str {
        match self {
            Self::QrCodeCreated => "QR_CODE_CREATED",
            Self::QrCodeScanned(_) => "QR_CODE_SCANNED",
            Self::VoucherCreated(_) => "VOUCHER_CREATED",
            Self::VoucherUpdated(_) => "VOUCHER_UPDATED",
            Self::VoucherRedeemed(_) | Self::VoucherRedemptionFailed { .. } => "VOUCHER_REDEEMED",
            Self::VoucherExpired(_) => "VOUCHER_EXPIRED",
            Self::LeadCreated(_) => "LEAD_CREATED",
            Self::CallToActionClicked(_) => "CALL_2_ACTION_BUTTON_CLICKED",
            Self::JobFinished(_) => "JOB_FINISHED",
            Self::Unknown { event_type } => event_type,
        }
    }
}

impl event::WebhookEvent for Event {
    /// There is no id. A repeat can only be recognised by a counter, the id of a voucher or the result of a job: two
    /// clicks on one button in one second are equal, but are two events.
    fn identity(&self) -> Identity<'_> {
        let discriminated = match &self.payload {
            Payload::QrCodeScanned(scan) => scan.redirects.is_some(),
            Payload::VoucherRedeemed(redemption) | Payload::VoucherRedemptionFailed { redemption, .. } => {
                redemption.unique_id.is_some()
            }
            Payload::JobFinished(job) => job.download.is_some(),
            _ => false,
        };
        Identity::Content { discriminated }
    }

    fn event_type(&self) -> Option<&str> {
        self.event_type()
    }

    fn created_at(&self) -> Option<&Timestamp> {
        self.timestamp.as_ref()
    }

    fn scan(&self) -> Option<Scan<'_>> {
        self.scan()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("timestamp", &self.timestamp)
            .field("user", &self.user.as_ref().map(|_| format_args!("***")))
            .field("code", &self.code)
            .field("payload", &self.payload)
            .field("extra", &self.extra)
            .finish()
    }
}

parameters! {
    /// A scan of a QR code. Assumed: numbers are sent as decimal text.
    pub struct QrCodeScanned {
        /// The number of scans of the code so far: a running total of the requests of its short URL (help article on
        /// unique visitors).
        "redirects" => redirects: u64;
        /// The number of different visitors so far, by IP address (help article on unique visitors): a running total,
        /// never above `redirects`.
        "visitors" => visitors: u64;
        /// The device. Free text; no list is published.
        "device" => device: String;
        /// The operating system. Free text; no list is published.
        "os" => os: String;
        /// The country. The vendor does not say whether this is a code or a name, or in which language.
        "country" => country: String;
        /// The position of the visitor, if they shared it: from `lng` and `lat`, or from a single parameter with the
        /// third name, longitude first. Assumed: these are decimal degrees.
        "lng" | "lat" | "lng/lat" => position: Position, masked;
    }
}

parameters! {
    /// A lead. All of it is unverified input of a visitor, and personal data. Assumed: further fields of the form are
    /// in [`Event::extra`].
    pub struct Lead {
        /// The e-mail address.
        "email" => email: String, masked;
        /// The name.
        "name" => name: String, masked;
    }
}

parameters! {
    /// A click on a call-to-action button.
    pub struct CallToActionClicked {
        /// The target of the button, a URL. Assumed: it may be `tel:` or `mailto:`.
        "c2a" => target: String;
    }
}

parameters! {
    /// A bulk job that ended.
    pub struct JobFinished {
        /// The download link of the result, valid for 30 days, for anyone who has it. Do not fetch it without a list of
        /// allowed hosts: nothing proves that the platform chose it.
        "download" => download: String, masked;
    }
}
