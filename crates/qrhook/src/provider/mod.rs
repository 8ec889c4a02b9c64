//! The senders. Each is a scheme and a policy, both data, and the types of its events.
//!
//! [`QrStudio`](qrstudio::QrStudio), [`CodeQr`](codeqr::CodeQr) and [`QrPlanet`](qrplanet::QrPlanet) consist of the
//! same parts as a sender of your own:
//!
//! ```
//! use http::HeaderName;
//! use qrhook::event::{Envelope, JsonEvent, Typed};
//! use qrhook::provider::{Content, Decoded, Policy, Provider, Scheme, SignatureFormat};
//! use qrhook::{BodyProblem, Secrets, UnixTime};
//!
//! #[derive(serde::Deserialize)]
//! struct Order {
//!     total: u64,
//! }
//!
//! struct Acme;
//!
//! impl Provider for Acme {
//!     type Event = JsonEvent<Typed<Order>>;
//!     const NAME: &'static str = "acme";
//!     const POLICY: Policy = Policy::JSON;
//!
//!     fn scheme() -> Scheme {
//!         let header = HeaderName::from_static("x-acme-signature");
//!         Scheme::Hmac { header, format: SignatureFormat::PrefixedHex("sha256=") }
//!     }
//!
//!     fn decode(content: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem> {
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
//! [`Delivery::oddities`](crate::Delivery::oddities) tells you which member does not fit and why. A handler that
//! answers 2xx marks it as handled. To refuse it, answer 503 so that the sender tries again: see
//! [`Typed`](crate::event::Typed#when-the-data-does-not-fit).

pub mod codeqr;
mod policy;
pub mod qrplanet;
pub mod qrstudio;
#[cfg(test)]
mod tests;

pub use self::policy::{Policy, StoreFailure};
use crate::{body::BodyProblem, event::WebhookEvent};
pub use crate::{
    body::{Content, Form},
    event::Decoded,
    verify::{Scheme, SignatureFormat, Window},
};

/// A platform and its rules.
///
/// [`decode`](Self::decode) is called only after the proof was checked: see [`Content`].
pub trait Provider: Send + Sync + Sized + 'static {
    /// The type of the events.
    type Event: WebhookEvent;

    /// The name of the sender in keys and logs: short and lower case. Never change it, because stored ids depend on it.
    const NAME: &'static str;

    /// The defaults of the sender.
    const POLICY: Policy;

    /// The way in which the sender proves itself. Called once, when a verifier is built.
    fn scheme() -> Scheme;

    /// Turns verified content into the event.
    ///
    /// Be tolerant: an authentic event that is refused may be lost forever.
    ///
    /// # Errors
    ///
    /// [`BodyProblem`] if this is not an event at all.
    fn decode(content: Content<'_>) -> Result<Decoded<Self::Event>, BodyProblem>;
}
