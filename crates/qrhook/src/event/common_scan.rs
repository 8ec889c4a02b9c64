//! One view of a scan for all senders. Each sender builds it in its own `common_scan.rs`.

use serde::{Serialize, Serializer, ser::SerializeStruct};

use crate::time::Timestamp;

/// A scan of a QR code, in the same form for every platform.
///
/// Every field except the sender is optional. An empty string counts as missing.
///
/// # Example
///
/// ```
/// use qrhook::{Secrets, UnixTime, qrplanet::QrPlanet};
///
/// let secrets = Secrets::one("FAKE-secret-token-do-not-use")?;
/// let headers = [("Content-Type", "application/x-www-form-urlencoded")];
/// let body = "event=QR_CODE_SCANNED&code=x7Kd&country=AT&secrettoken=FAKE-secret-token-do-not-use";
///
/// let delivery = qrhook::verify::<QrPlanet>(headers, body, &secrets, UnixTime::now())?;
/// let scan = delivery.scan().expect("the event is a scan");
/// assert_eq!((scan.sender, scan.code, scan.country), ("qrplanet", Some("x7Kd"), Some("AT")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scan<'a> {
    /// The sender's name: [`Provider::name`](crate::Provider::name).
    pub sender: &'static str,
    /// The platform's name for the code: `short_id` (QR Studio), `key` or else `id` (CodeQR), `code` (QR Planet). For the
    /// other senders, the key or short code if there is one, or else the id.
    pub code: Option<&'a str>,
    /// The time of the scan, or the creation time of the event if the scan has none.
    pub time: Option<&'a Timestamp>,
    /// The country, as the platform writes it.
    pub country: Option<&'a str>,
    /// The city.
    pub city: Option<&'a str>,
    /// The device.
    pub device: Option<&'a str>,
    /// The operating system.
    pub os: Option<&'a str>,
    /// The browser.
    pub browser: Option<&'a str>,
    /// Whether the platform classifies the visitor as a bot.
    pub bot: Option<bool>,
    /// The referring page or site.
    pub referer: Option<&'a str>,
}

impl Scan<'_> {
    /// Creates a scan with only the sender set, for a sender of your own. Set the other fields afterwards.
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

/// Serialised as one flat object.
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
