//! The view of a scan that is the same for all senders.

use super::{Event, Provider, QrCodeScanned, QrPlanet};
use crate::event::Scan;

pub(super) fn of<'a>(event: &'a Event, scan: &'a QrCodeScanned) -> Scan<'a> {
    Scan {
        code: event.code.as_deref(),
        time: event.timestamp.as_ref(),
        country: scan.country.as_deref(),
        device: scan.device.as_deref(),
        os: scan.os.as_deref(),
        ..Scan::of(QrPlanet::NAME)
    }
}
