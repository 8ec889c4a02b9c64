//! The receiving side of QR-platform webhooks.

mod delivery;
pub mod event;
mod intake;
pub mod provider;
pub mod receiver;
mod rejection;
mod secret;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;
pub mod verify;

pub use self::{
    delivery::Delivery,
    event::{Event, Scan},
    provider::{Provider, codeqr, qrplanet, qrstudio},
    receiver::{ConfigError, Receiver},
    rejection::Rejection,
    secret::{Secret, SecretError, Secrets},
    store::{MemoryStore, Store, StoreError},
    time::{Clock, SystemClock, Timestamp, UnixTime},
    verify::{BodyProblem, Headers, Verifier, VerifyError, verify},
};
