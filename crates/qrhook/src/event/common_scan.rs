//! One view of a scan for all senders. Each sender makes it in its own `common_scan.rs`.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::time::Timestamp;

/// A scan of a QR code, whichever platform reports it.
///
/// Everything but the sender is optional: an empty text and a missing one are the same here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scan<'a> {
    /// The sender's name.
    pub sender: &'static str,
    /// The platform's name of the code: `short_id` at QR Studio, `key` (else `id`) at CodeQR, `code` at QR Planet.
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

/// Serializes to one flat object.
impl Serialize for Scan<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { sender, code, time, country, city, device, os, browser, bot, referer } = self;
        let mut scan = serializer.serialize_struct("Scan", 10)?;
        scan.serialize_field("sender", sender)?;
        scan.serialize_field("code", code)?;
        scan.serialize_field("time", time)?;
        scan.serialize_field("country", country)?;
        scan.serialize_field("city", city)?;
        scan.serialize_field("device", device)?;
        scan.serialize_field("os", os)?;
        scan.serialize_field("browser", browser)?;
        scan.serialize_field("bot", bot)?;
        scan.serialize_field("referer", referer)?;
        scan.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serializes_to_one_flat_object() {
        let time = Timestamp::from_text("2026-05-09");
        let scan = Scan {
            code: Some("c"),
            time: Some(&time),
            country: Some("AT"),
            city: Some("Linz"),
            device: Some("d"),
            os: Some("o"),
            browser: Some("b"),
            bot: Some(false),
            ..Scan::of("qrplanet")
        };
        let expected = r#"{"sender":"qrplanet","code":"c","time":"2026-05-09","country":"AT","city":"Linz","device":"d","os":"o","browser":"b","bot":false,"referer":null}"#;
        assert_eq!(serde_json::to_string(&scan).unwrap(), expected);
    }
}
