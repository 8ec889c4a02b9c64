//! One view of a scan for all senders.

use serde::Serialize;

use crate::time::Timestamp;

/// A scan of a QR code, whichever platform reports it.
///
/// Everything but the sender is optional: an empty text and a missing one are the same here. Serializes to one flat
/// object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Scan<'a> {
    /// The sender's name.
    pub sender: &'static str,
    /// What the platform calls the code: `short_id` at QR Studio, `key` (else `id`) at CodeQR, `code` at QR Planet.
    pub code: Option<&'a str>,
    /// When it was scanned, or when the event was created if the scan itself has no time.
    pub time: Option<&'a Timestamp>,
    /// Country, as the platform writes it.
    pub country: Option<&'a str>,
    /// City.
    pub city: Option<&'a str>,
    /// Device.
    pub device: Option<&'a str>,
    /// Operating system.
    pub os: Option<&'a str>,
    /// Browser.
    pub browser: Option<&'a str>,
    /// Whether the platform takes the visitor for a bot.
    pub bot: Option<bool>,
    /// The referring page or site.
    pub referer: Option<&'a str>,
}

impl Scan<'_> {
    /// A scan of which only the sender is known.
    pub const fn of(sender: &'static str) -> Self {
        Self {
            sender,
            code: None,
            time: None,
            country: None,
            city: None,
            device: None,
            os: None,
            browser: None,
            bot: None,
            referer: None,
        }
    }
}
