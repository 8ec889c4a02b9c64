//! The built-in senders, and the parts for a sender of your own: a scheme, a policy, and the shape of its events.
//!
//! [`QrStudio`](qrstudio::QrStudio), [`CodeQr`](codeqr::CodeQr) and [`QrPlanet`](qrplanet::QrPlanet) are made of the
//! same parts as a sender of your own.
//!
//! # Example
//!
//! A sender of your own:
//!
//! ```
//! use http::HeaderName;
//! use qrhook::event::{Envelope, JsonEvent, Typed};
//! use qrhook::provider::{Content, Decoded, HmacScheme, Provider, Scheme};
//! use qrhook::{BodyProblem, Secrets, UnixTime};
//!
//! #[derive(serde::Deserialize)]
//! struct Order {
//!     total: u64,
//! }
//!
//! #[derive(Default)]
//! struct Acme;
//!
//! impl Provider for Acme {
//!     type Event = JsonEvent<Typed<Order>>;
//!
//!     fn name(&self) -> &'static str {
//!         "acme"
//!     }
//!
//!     fn scheme(&self) -> Scheme {
//!         HmacScheme::new(HeaderName::from_static("x-acme-signature")).with_prefix("sha256=").into()
//!     }
//!
//!     fn decode(&self, content: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem> {
//!         JsonEvent::decode(content, &Envelope::new("id", "type").with_created_at("at").with_data("order"))
//!     }
//! }
//!
//! let body = r#"{"id":"1","type":"order.paid","order":{"total":1200}}"#;
//! let signature = "sha256=5827ae5106bdd56e52740936195bfbfbcb9394cb070e05630f388cd2a2c2982a";
//! let secrets = Secrets::one("s3cret")?;
//! let delivery = qrhook::verify::<Acme>([("X-Acme-Signature", signature)], body, &secrets, UnixTime::now())?;
//! assert_eq!(delivery.event().payload.data.as_ref().map(|order| order.total), Some(1200));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An event whose data does not fit `Order` is delivered too, with `data: None`, and
//! [`Delivery::oddities`](crate::Delivery::oddities) names the member that does not fit, and the reason. A
//! handler that returns 2xx marks the event as handled. To refuse it, return 503, and the sender tries again: see
//! [`Typed`](crate::event::Typed#when-the-data-does-not-fit).

pub mod codeqr;
pub mod neighbours;
mod plain;
mod policy;
pub mod qrplanet;
pub mod qrstudio;
pub mod standardwebhooks;
#[cfg(test)]
mod tests;

pub use self::{
    plain::PlainSender,
    policy::{Policy, StoreFailure},
};
use crate::{body::BodyProblem, event::WebhookEvent};
#[doc(inline)]
pub use crate::{
    body::{Content, Form},
    event::Decoded,
    verify::{Credential, HmacScheme, Scheme, Window},
};

/// A platform and its rules.
///
/// [`decode`](Self::decode) is called only after the request was verified: see [`Content`].
///
/// # Example
///
/// A function for the deliveries of any sender; the [module page](self) implements a sender:
///
/// ```
/// use qrhook::{Delivery, Provider, Secrets, UnixTime, qrplanet::QrPlanet};
///
/// fn line<P: Provider>(delivery: &Delivery<P>) -> String {
///     format!("{}: {}", delivery.sender(), delivery.event_type().unwrap_or("no type"))
/// }
///
/// let secrets = Secrets::one("FAKE-secret-token-do-not-use")?;
/// let headers = [("Content-Type", "application/x-www-form-urlencoded")];
/// let body = "event=QR_CODE_CREATED&secrettoken=FAKE-secret-token-do-not-use";
/// let delivery = qrhook::verify::<QrPlanet>(headers, body, &secrets, UnixTime::now())?;
/// assert_eq!(line(&delivery), "qrplanet: QR_CODE_CREATED");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Provider: Send + Sync + Sized + 'static {
    /// The event in a delivery of this sender.
    type Event: WebhookEvent;

    /// Returns the sender's name in keys, logs and metrics: short, lower case, and never changed, because stored ids
    /// depend on it.
    fn name(&self) -> &'static str;

    /// Returns the sender's default policy, which is [`Policy::JSON`] if the sender has none of its own. Called when a
    /// verifier and a receiver are built.
    fn policy(&self) -> Policy {
        Policy::JSON
    }

    /// Returns the scheme by which the sender proves its requests. Called once, when a verifier is built.
    fn scheme(&self) -> Scheme;

    /// Decodes the event of a verified request.
    ///
    /// Be tolerant: an authentic event that is refused may be lost for good.
    ///
    /// # Errors
    ///
    /// [`BodyProblem`] if the content is not an event at all.
    fn decode(&self, content: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem>;
}
