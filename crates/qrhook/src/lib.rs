//! The receiving side of QR-platform webhooks: it proves that a request came from the platform, turns it into a typed
//! event, and delivers every event to the application **once**.
//!
//! ```
//! use qrhook::{Secrets, UnixTime, qrstudio::{Payload, QrStudio}};
//!
//! let secrets = Secrets::one("whsec_EXAMPLE_not_a_real_secret_0001")?;
//! let headers = [(
//!     "X-QRStudio-Signature",
//!     "t=1778335283,v1=c264cc51c7b91f1679fdfc201bf1210fac1758f5310735eaa77c2042a4afba6a",
//! )];
//! let body = r#"{"type":"scan.created","id":"evt_vector1","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;
//! let now = UnixTime::from_secs(1778335290);
//!
//! let delivery = qrhook::verify::<QrStudio>(headers, body, &secrets, now)?;
//! let Payload::ScanCreated(scan) = &delivery.event().payload else { panic!("a scan") };
//! assert_eq!(scan.short_id.as_deref(), Some("aBc12dEf"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to start
//!
//! - A script that has a request: [`verify`](fn@verify), the plain function, or a [`Verifier`] for many.
//! - A web server: a [`Receiver`] under the layer or an extractor of `qrhook-axum`. It adds what a signature cannot
//!   give: bounded reading, once, and an answer in time.
//! - A sender that is not built in: [`provider`], about ten lines.
//! - A store of your own: [`store::Store`], and the contract in `testing`.
//! - Another framework: [`receiver::adapter`], which has the order of the steps; an adapter translates types.
//!
//! # Words
//!
//! | Word | Meaning |
//! | --- | --- |
//! | sender, [`Provider`] | a platform and its rules |
//! | [`Secret`] | what the platform and we share; [`Secrets`] is a cheap handle to several, which can be replaced while the program runs |
//! | endpoint | your name for one hook; part of every key in a store |
//! | [`Delivery`] | one verified request |
//! | [`WebhookEvent`] | the typed content of a delivery |
//! | [`Rejection`] | why a request did not become a delivery; it knows its HTTP status |
//! | [claim](store::Claim) | the right to handle one event; settled by commit or release |
//! | lease | how long a claim lasts if its owner dies |
//! | retention | how long a handled id is remembered |
//!
//! # What is promised
//!
//! - Only verification makes a [`Delivery`]. It covers the bytes as received, compares in constant time, and there is
//!   no way around it.
//! - Nothing that a request holds makes this crate panic, recurse without bound or allocate without bound.
//! - An authentic event is never refused for its content, unless it is no event at all: see [`BodyProblem`].
//! - Secrets, tokens and bodies reach no log, no error, no store and no `Debug`.
//!
//! Log lines are [`tracing`](https://docs.rs/tracing) events, with the fields `sender`, `endpoint` and `reason`.
//!
//! # Features
//!
//! | Feature | What it adds |
//! | --- | --- |
//! | `chrono_0_4`, `jiff_0_2`, `jiff_1`, `time_0_3` | conversions of [`Timestamp`]; each method ends with the name of its feature |
//! | `receiver` | the receiver, which needs tokio's timers: the adapters turn it on |
//! | `serve` | what the servers of the adapters share |
//! | `testing` | signed requests, samples, a manual clock, the contract of the stores: for tests |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "receiver"), expect(dead_code, unused_imports, reason = "the receiver uses them"))]

mod body;
mod clock;
mod delivery;
pub mod event;
pub mod provider;
#[cfg(feature = "receiver")]
pub mod receiver;
mod rejection;
mod secret;
#[cfg(feature = "serve")]
pub mod serving;
pub mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;
pub mod verify;

#[cfg(feature = "receiver")]
pub use self::receiver::{ConfigError, Receiver};
pub use self::{
    body::BodyProblem,
    clock::{Clock, SystemClock},
    delivery::{Delivery, Verifier, verify},
    event::{Scan, WebhookEvent},
    provider::{Provider, codeqr, qrplanet, qrstudio},
    rejection::Rejection,
    secret::{Secret, SecretError, Secrets},
    store::{MemoryStore, Store, StoreError},
    time::{Timestamp, UnixTime},
    verify::{Headers, VerifyError},
};
