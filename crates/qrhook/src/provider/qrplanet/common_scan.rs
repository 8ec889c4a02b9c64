//! The common view of a scan.

use super::{Event, Payload, Provider, QrPlanet};
use crate::event::Scan;

impl Event {
    /// Returns the common view of a scan; `None` if this is not a scan.
    pub fn scan(&self) -> Option<Scan<'_>> {
        let Payload::QrCodeScanned(scan) = &self.payload else { return None };
        Some(Scan {
            code: self.code.as_deref(),
            time: self.timestamp.as_ref(),
            country: scan.country.as_deref(),
            device: scan.device.as_deref(),
            os: scan.os.as_deref(),
            ..Scan::of(QrPlanet.name())
        })
    }
}
