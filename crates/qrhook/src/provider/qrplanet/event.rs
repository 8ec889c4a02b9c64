//! The events of QR Planet. Source: both vendor pages, unless another source is named. `Assumed:` marks what no page of
//! the vendor documents.

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

/// An event of QR Planet: the parameters that all events have, and a payload. The [module page](super) has an example.
///
/// An empty value counts as missing, and the last one of a repeated parameter counts. A value that does not fit its
/// type, such as `many` for a number, is `None` here and listed in [`oddities`](crate::Delivery::oddities); its text is
/// still in [`raw`](crate::Delivery::raw). A time that cannot be read is listed too, and keeps its text.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Time of the event. Without a zone, it is a [local](Timestamp::local) time of an unknown place. It is not signed,
    /// so it does not protect against replays. Assumed: the format, because neither format nor zone is documented.
    ///
    /// Wire name: `timestamp`.
    pub timestamp: Option<Timestamp>,
    /// The account that created the QR code or voucher. Assumed: any text; no page says whether it is a name or a
    /// number.
    ///
    /// Wire name: `user`. Not shown by `Debug` (masked).
    pub user: Option<String>,
    /// The QR code or voucher concerned, as it was sent: a short URL of any host, or perhaps only its last part. May be
    /// absent for a job, which covers many codes. Assumed: the format, because only "the short URL" is documented, and
    /// the absence.
    ///
    /// Wire name: `code`.
    pub code: Option<String>,
    /// The payload, by the type of the event.
    pub payload: Payload,
    /// Unknown parameters.
    pub extra: FormExtra,
}

/// The payload of an event, by its type. The [module page](super) has an example.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// `QR_CODE_CREATED`: a QR code was generated.
    QrCodeCreated,
    /// `QR_CODE_SCANNED`: a QR code was scanned. Whether bots trigger it is not documented.
    QrCodeScanned(QrCodeScanned),
    /// `VOUCHER_CREATED`: a voucher was created. Assumed: the parameters of `VOUCHER_UPDATED`, because none are
    /// documented.
    VoucherCreated(Voucher),
    /// `VOUCHER_UPDATED`: a voucher was changed.
    VoucherUpdated(Voucher),
    /// `VOUCHER_REDEEMED` with the status `SUCCESS`: a voucher was redeemed.
    VoucherRedeemed(Redemption),
    /// `VOUCHER_REDEEMED` with any other status, or none: the attempt failed. The platform uses one event for both;
    /// here, a handler that matches only `VoucherRedeemed` never acts on a failed redemption.
    VoucherRedemptionFailed {
        /// The reason for the failure.
        reason: FailureReason,
        /// The attempt.
        redemption: Redemption,
    },
    /// `VOUCHER_EXPIRED`: a voucher expired. Assumed: the parameters of `VOUCHER_UPDATED`, because none are
    /// documented.
    VoucherExpired(Voucher),
    /// `LEAD_CREATED`: a form on a landing page was submitted (Spanish help article).
    LeadCreated(Lead),
    /// `CALL_2_ACTION_BUTTON_CLICKED`: a call-to-action button was clicked.
    CallToActionClicked(CallToActionClicked),
    /// `JOB_FINISHED`: a bulk job for designer QR codes ended. Whether a failed job triggers it is not
    /// documented.
    JobFinished(JobFinished),
    /// An event of an unknown type. Its parameters are in [`Event::extra`].
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

    /// Returns the type on the wire, which every event has. It is `VOUCHER_REDEEMED` for a failed attempt as well.
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
            Self::Unknown { event_type } => event_type,
            known => known.known_type().unwrap_or_default(),
        }
    }

    fn known_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::QrCodeCreated => "QR_CODE_CREATED",
            Self::QrCodeScanned(_) => "QR_CODE_SCANNED",
            Self::VoucherCreated(_) => "VOUCHER_CREATED",
            Self::VoucherUpdated(_) => "VOUCHER_UPDATED",
            Self::VoucherRedeemed(_) | Self::VoucherRedemptionFailed { .. } => "VOUCHER_REDEEMED",
            Self::VoucherExpired(_) => "VOUCHER_EXPIRED",
            Self::LeadCreated(_) => "LEAD_CREATED",
            Self::CallToActionClicked(_) => "CALL_2_ACTION_BUTTON_CLICKED",
            Self::JobFinished(_) => "JOB_FINISHED",
            Self::Unknown { .. } => return None,
        })
    }
}

impl event::WebhookEvent for Event {
    /// There are no ids. A repeat can be recognised only by a counter, a voucher's id or a job's result: two clicks on
    /// one button within a second look equal, but are two events.
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

    fn known_type(&self) -> Option<&'static str> {
        self.payload.known_type()
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
    /// A scan of a QR code. Assumed: all formats, because the vendor documents none.
    pub struct QrCodeScanned {
        /// Scans of the code so far: a running total of the requests of its short URL, not 1 (help article on unique
        /// visitors). Assumed: a decimal number.
        "redirects" => redirects: u64;
        /// Different visitors so far, distinguished by IP address: a running total, never above `redirects` (help
        /// article on unique visitors). Assumed: a decimal number.
        "visitors" => visitors: u64;
        /// Device. Assumed: free text, because no list is published.
        "device" => device: String;
        /// Operating system. Assumed: free text, because no list is published.
        "os" => os: String;
        /// Country. Assumed: free text; no page says whether it is a code or a name, or in which language.
        "country" => country: String;
        /// Position of the visitor in decimal degrees, if they shared it: from `lng` and `lat`, or from one parameter
        /// `lng/lat` with the longitude first. Assumed: the unit, and the two parameters, as in the vendor's v1 API.
        "lng" | "lat" | "lng/lat" => position: Position, masked;
    }
}

parameters! {
    /// A lead. All of it is unverified visitor input and personal data. Further fields of the form are in
    /// [`Event::extra`]. Assumed: the further fields, because forms can be configured.
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
        /// Target of the button: a URL, perhaps `tel:` or `mailto:`. Assumed: these two, which are usual for such
        /// buttons.
        "c2a" => target: String;
    }
}

parameters! {
    /// A bulk job that ended.
    pub struct JobFinished {
        /// Download link of the result, valid for 30 days for anyone who has it. Fetch it only from a list of allowed
        /// hosts: nothing proves that the platform chose it.
        "download" => download: String, masked;
    }
}
