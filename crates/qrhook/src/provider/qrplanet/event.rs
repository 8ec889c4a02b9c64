//! The events of QR Planet. Source: both vendor pages, unless something else is said.

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
/// An empty value is the same as a missing one, and the last one of a repeated parameter counts. A value that does not fit
/// its type, such as `many` for a number, is `None` here and listed in [`oddities`](crate::Delivery::oddities); its text
/// still stands in [`raw`](crate::Delivery::raw). A time that cannot be read is listed too, and keeps its text.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// When the event occurred. Neither format nor zone is documented, so a text without a zone is a
    /// [local](Timestamp::local) time of an unknown place. It is not signed, so it does not protect from replays.
    ///
    /// Wire name: `timestamp`.
    pub timestamp: Option<Timestamp>,
    /// The account that created the QR code or voucher. Whether it is a login name or a number is not documented.
    ///
    /// Wire name: `user`. Not shown by `Debug` (masked).
    pub user: Option<String>,
    /// The QR code or voucher concerned, as it was sent: "the short URL", so a URL of any host or perhaps only its
    /// last part. A job covers many codes and may name none.
    ///
    /// Wire name: `code`.
    pub code: Option<String>,
    /// What happened.
    pub payload: Payload,
    /// Parameters that this version does not know.
    pub extra: FormExtra,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// `QR_CODE_CREATED`: a QR code was generated.
    QrCodeCreated,
    /// `QR_CODE_SCANNED`: a QR code was scanned. Whether bots fire it is not documented.
    QrCodeScanned(QrCodeScanned),
    /// `VOUCHER_CREATED`: a voucher was created. No payload is documented.
    VoucherCreated(Voucher),
    /// `VOUCHER_UPDATED`: a voucher was changed.
    VoucherUpdated(Voucher),
    /// `VOUCHER_REDEEMED` with the status `SUCCESS`: a voucher was redeemed.
    VoucherRedeemed(Redemption),
    /// `VOUCHER_REDEEMED` with any other status, or none: somebody tried, and got nothing. The platform has one event
    /// for both; here a handler that only knows the success never gives goods away.
    VoucherRedemptionFailed {
        /// Why not.
        reason: FailureReason,
        /// The attempt.
        redemption: Redemption,
    },
    /// `VOUCHER_EXPIRED`: a voucher expired. No payload is documented.
    VoucherExpired(Voucher),
    /// `LEAD_CREATED`: a form on a landing page was sent (the form is named in the Spanish help article).
    LeadCreated(Lead),
    /// `CALL_2_ACTION_BUTTON_CLICKED`: a call-to-action button was clicked.
    CallToActionClicked(CallToActionClicked),
    /// `JOB_FINISHED`: a bulk job for designer QR codes ended. Whether one that failed fires it is not documented.
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

    /// The type on the wire, which every event has. It is `VOUCHER_REDEEMED` for a failed attempt as well.
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
    /// There is no id. Only what a counter, a voucher's id or a job's result tells apart can be recognized when it
    /// comes again: two clicks on one button in one second are equal, and two events.
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
    /// A scan of a QR code. That numbers are sent as decimal text is assumed.
    pub struct QrCodeScanned {
        /// How often the code has been scanned so far: a running total, not 1. Requests of its short URL are counted
        /// (help article on unique visitors).
        "redirects" => redirects: u64;
        /// How many different visitors scanned it so far, told apart by IP address (help article on unique visitors):
        /// a running total, never above `redirects`.
        "visitors" => visitors: u64;
        /// Device. Free text, no list is published.
        "device" => device: String;
        /// Operating system. Free text, no list is published.
        "os" => os: String;
        /// Country. Whether it is a code or a name, and in which language, is not documented.
        "country" => country: String;
        /// Where the visitor was, if they shared it. From `lng` and `lat`, or from a single parameter with the third
        /// name that holds both, longitude first. That these are decimal degrees is assumed.
        "lng" | "lat" | "lng/lat" => position: Position, masked;
    }
}

parameters! {
    /// A lead. All of it is unverified input of a visitor, and personal data; further fields of the form may be in
    /// [`Event::extra`] (assumed).
    pub struct Lead {
        /// E-mail address.
        "email" => email: String, masked;
        /// Name.
        "name" => name: String, masked;
    }
}

parameters! {
    /// A click on a call-to-action button.
    pub struct CallToActionClicked {
        /// The button's target: a URL, perhaps `tel:` or `mailto:` (assumed).
        "c2a" => target: String;
    }
}

parameters! {
    /// A bulk job that ended.
    pub struct JobFinished {
        /// Download link of the result, valid for 30 days, for whoever has it. Do not fetch it without a list of
        /// allowed hosts: nothing proves that the platform chose it.
        "download" => download: String, masked;
    }
}
