//! Receive the webhooks of QR-code platforms: qrhook proves that a request came from the platform, turns it into a
//! typed event, and delivers each event to your code **once**.
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
//! let Payload::ScanCreated(scan) = &delivery.event().payload else { panic!("another type") };
//! assert_eq!(scan.short_id.as_deref(), Some("aBc12dEf"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to start
//!
//! | You have | Use |
//! | --- | --- |
//! | one request in a script | [`verify`](fn@verify), a plain function; or a [`Verifier`] for many requests |
//! | a web server with axum, tower or actix-web | a [`Receiver`], with the layer or an extractor of `qrhook-axum` or `qrhook-actix` |
//! | another framework | a [`Receiver`], and [`receiver::adapter`] |
//! | a platform that is not built in | a [`Provider`] of your own, in about ten lines: see [`provider`] |
//! | a database that is not built in | a [`Store`] of your own, and its contract in `testing` |
//! | tests for your handler | `testing`: a signer, a sample of every event, and a clock that you move |
//!
//! # The path of a delivery
//!
//! ```text
//!  request
//!     |
//!   read      in bounded time and size            -> 408, 413
//!     |
//!  verify     the signature over the raw bytes    -> 401 forged or stale
//!     |
//!  decode     into a typed event                  -> 400 not an event
//!     |
//!   claim     the event's id in the store         -> 200 a repeat, 503 in flight or no store
//!     |
//!  handle     your code                           -> 500 failed; the id is released, the platform retries
//!     |
//!  commit     the id is remembered                -> your 2xx
//! ```
//!
//! [`verify`](fn@verify) performs the steps from verify to decode. A [`Receiver`] performs all of them, in this order.
//!
//! # Words
//!
//! | Word | Meaning |
//! | --- | --- |
//! | sender, [`Provider`] | a platform and its rules |
//! | [`Secret`] | the key that you share with the platform; [`Secrets`] is a handle to one or several, which can be replaced while the program runs |
//! | endpoint | your name for one hook; part of every key in a store |
//! | [`Delivery`] | one verified request |
//! | [`WebhookEvent`] | the typed content of a delivery |
//! | [`Rejection`] | the reason why a request was refused, with its HTTP status |
//! | [claim](store::Claim) | the right to handle one event; ended by a commit or a release |
//! | lease | the time after which a claim ends if its owner dies |
//! | retention | the time for which a handled id is remembered |
//!
//! # Guarantees
//!
//! - Only verification makes a [`Delivery`]. It covers the received bytes, compares in constant time, and cannot be
//!   turned off.
//! - No content of a request makes this crate panic, recurse without bound or allocate without bound.
//! - An authentic event is never refused because of its content, unless it is not an event at all: see [`BodyProblem`].
//! - Secrets, tokens and bodies never appear in logs, errors, stores or `Debug` output.
//!
//! The log consists of [`tracing`](https://docs.rs/tracing) events with the fields `sender`, `endpoint` and `reason`.
//!
//! # Features
//!
//! | Feature | What it adds |
//! | --- | --- |
//! | `metrics`, `spans` | the receiver's metrics, through the `metrics` facade, and its spans, through `tracing` |
//! | `chrono_0_4`, `jiff_0_2`, `jiff_1`, `time_0_3` | conversions of [`Timestamp`]; the name of each method ends with the name of its feature |
//! | `receiver` | the receiver, which needs tokio's timers; the adapters turn it on |
//! | `serve` | the parts that the servers of the adapters share |
//! | `testing` | signed requests, samples, a manual clock and the contract of the stores, for tests |

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "receiver"), expect(dead_code, unused_imports, reason = "the receiver uses them"))]

mod body;
#[cfg(feature = "receiver")]
mod bucket;
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
pub mod tenant;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;
pub mod verify;

#[doc(inline)]
pub use self::{
    body::BodyProblem,
    clock::{Clock, SystemClock},
    delivery::{Delivery, Verifier, verify},
    event::{Scan, WebhookEvent},
    provider::{Provider, codeqr, neighbours, qrplanet, qrstudio, standardwebhooks},
    rejection::Rejection,
    secret::{Secret, SecretError, SecretUsage, Secrets},
    store::{MemoryStore, Store, StoreError},
    time::{Timestamp, UnixTime},
    verify::{Head, Headers, VerifyError},
};
#[cfg(feature = "receiver")]
#[doc(inline)]
pub use self::{
    receiver::{ConfigError, Receiver},
    tenant::Tenants,
};
