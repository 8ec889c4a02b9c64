//! Times as the senders write them and as a receiver reads them.
//!
//! # Example
//!
//! ```
//! use qrhook::{Timestamp, UnixTime};
//!
//! let created = Timestamp::from_text("2026-05-09T14:01:23.451Z");
//! assert_eq!(created.unix(), Some(UnixTime::from_secs(1778335283)));
//!
//! // A string that is not a time is kept: no event is refused because of it.
//! let odd = Timestamp::from_text("yesterday");
//! assert_eq!((odd.as_str(), odd.unix()), ("yesterday", None));
//! ```

mod convert;
mod parse;
#[cfg(test)]
mod tests;
mod timestamp;
mod unix;

pub use self::{
    timestamp::{LocalTime, Timestamp},
    unix::UnixTime,
};
