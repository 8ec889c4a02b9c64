//! The view of a scan that is the same for all senders.

use super::{Provider, QrStudio, ScanCreated};
use crate::event::Scan;

pub(super) fn of(scan: &ScanCreated) -> Scan<'_> {
    Scan {
        code: scan.short_id.as_deref(),
        time: scan.scanned_at.as_ref(),
        country: scan.country.as_deref(),
        city: scan.city.as_deref(),
        device: scan.device_family.as_deref(),
        os: scan.os_family.as_deref(),
        browser: scan.browser_family.as_deref(),
        bot: scan.is_bot,
        referer: scan.referer.as_deref(),
        ..Scan::of(QrStudio::NAME)
    }
}
