//! QR Planet (qrplanet.com, qr1.at, qrd.by, and customers' own white-label domains).
//!
//! Repeats the secret API key of the account in every form, as the field `secrettoken`. Source: the qrd.by page
//! "Webhooks" (called form A here) and the QR Planet help article "Webhooks" in Portuguese (form B). They give the
//! names and meanings of the parameters, but no formats: every format is assumed, and every value is read tolerantly.
//! `Assumed:` in a doc marks what no page of the vendor documents.
//!
//! # Limits of the token
//!
//! The token proves only that the sender knows the key. Nothing is signed, so anyone who sees one request can repeat
//! it, or alter it, forever: there is no integrity and no freshness. The token is also a live API key with full rights
//! on the account, so anything that logs or stores a raw request leaks it. Use an `https` URL, and make sure that no
//! proxy logs bodies. This crate removes the token before it decodes the event; the token is neither in the event nor
//! in [`Delivery::raw`](crate::Delivery::raw).
//!
//! Any other field that contains the token, in any encoding, is replaced with `***` and noted as an
//! [oddity](crate::Delivery::oddities). A token of 8 to 15 bytes masks only values that equal it, and a shorter one
//! masks nothing, because it may occur in a text by chance.
//!
//! # Ignored parts
//!
//! Files and unnamed parts of a multipart form are not parameters, as in PHP. Each is noted as an oddity.
//!
//! # Example
//!
//! ```
//! use qrhook::qrplanet::{Payload, QrPlanet};
//! use qrhook::{Secrets, UnixTime, VerifyError};
//!
//! let secrets = Secrets::one("FAKE-secret-token-do-not-use")?;
//! let headers = [("Content-Type", "application/x-www-form-urlencoded")];
//! let body = "event=QR_CODE_SCANNED&code=https%3A%2F%2Fqr1.at%2Fx7Kd&secrettoken=FAKE-secret-token-do-not-use&redirects=128";
//!
//! let delivery = qrhook::verify::<QrPlanet>(headers, body, &secrets, UnixTime::now())?;
//! let Payload::QrCodeScanned(scan) = &delivery.event().payload else { panic!("a scan") };
//! assert_eq!(scan.redirects, Some(128));
//! assert_eq!(delivery.raw(), "event=QR_CODE_SCANNED&code=https%3A%2F%2Fqr1.at%2Fx7Kd&redirects=128");
//!
//! let forged = qrhook::verify::<QrPlanet>(headers, "event=QR_CODE_SCANNED", &secrets, UnixTime::now());
//! assert_eq!(forged.err(), Some(VerifyError::MissingToken { field: "secrettoken" }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod common_scan;
mod event;
mod extra;
mod parameter;
mod position;
mod voucher;

pub use self::{
    event::{CallToActionClicked, Event, JobFinished, Lead, Payload, QrCodeScanned},
    extra::FormExtra,
    position::Position,
    voucher::{FailureReason, Redemption, Voucher, VoucherKind},
};
use super::{Content, Decoded, Policy, Provider, Scheme};
use crate::body::BodyProblem;

/// QR Planet, as a [`Provider`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QrPlanet;

impl Provider for QrPlanet {
    type Event = Event;

    fn name(&self) -> &'static str {
        "qrplanet"
    }

    fn policy(&self) -> Policy {
        Policy::QR_PLANET
    }

    fn scheme(&self) -> Scheme {
        Scheme::Token { field: "secrettoken" }
    }

    fn decode(&self, content: Content<'_>) -> Result<Decoded<Event>, BodyProblem> {
        match content {
            Content::Form(form) => Event::decode(form),
            Content::Body(_) => Err(BodyProblem::BrokenForm),
        }
    }
}

#[cfg(test)]
mod tests;
