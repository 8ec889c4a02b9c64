//! Arguments that are numbers, and what they may be.

use clap::builder::RangedI64ValueParser;
use qrhook::UnixTime;

/// A moment, in as many digits as a signature may have.
pub(crate) fn unix_time() -> RangedI64ValueParser<i64> {
    clap::value_parser!(i64).range(0..=999_999_999_999)
}

/// The moment that was given, or now.
pub(crate) fn moment(at: Option<i64>) -> UnixTime {
    at.map_or_else(UnixTime::now, UnixTime::from_secs)
}
