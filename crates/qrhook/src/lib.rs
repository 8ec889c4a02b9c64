//! The receiving side of QR-platform webhooks.

mod delivery;
pub mod event;
pub mod provider;
mod secret;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod time;
pub mod verify;

pub use self::{
    delivery::Delivery,
    event::{Event, Scan},
    provider::{Provider, codeqr, qrstudio},
    secret::{Secret, SecretError, Secrets},
    time::{Clock, SystemClock, Timestamp, UnixTime},
    verify::{BodyProblem, Headers, Verifier, VerifyError, verify},
};
