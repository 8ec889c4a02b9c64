//! Tools for the tests of a program that receives webhooks.
//!
//! - [`sign()`] makes a request that verifies.
//! - [`samples`] has one event of each type.
//! - [`ManualClock`] is a clock that is moved by hand.
//! - [`store_contract`] checks a store of your own.
//!
//! The module needs the `testing` feature, which belongs in `[dev-dependencies]`.
//!
//! # Example
//!
//! ```
//! use qrhook::{Secrets, UnixTime, qrstudio::QrStudio, testing};
//!
//! let now = UnixTime::from_secs(1778335283);
//! let body = r#"{"type":"scan.created","id":"evt_1","created_at":"2026-05-09T14:01:23Z","data":{}}"#;
//! let request = testing::sign::<QrStudio>("whsec_test", body, now);
//!
//! let delivery = qrhook::verify::<QrStudio>(&request.headers, request.body, &Secrets::one("whsec_test")?, now)?;
//! assert_eq!(delivery.id(), Some("evt_1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod contract;
pub mod samples;
mod sign;
mod wait;

pub use self::{
    clock::ManualClock,
    contract::{ByHand, Pace, Subject, by_hand, store_contract},
    sign::{SignedRequest, sign, sign_as, sign_with_id},
    wait::{Step, block_on, in_turns, on_threads},
};
