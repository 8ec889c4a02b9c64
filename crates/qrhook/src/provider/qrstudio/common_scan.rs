//! The common view of a scan.

use super::{Provider, QrStudio, ScanCreated};
use crate::event::Scan;

impl ScanCreated {
    /// Returns the common view of a scan.
    pub(super) fn common_scan(&self) -> Scan<'_> {
        Scan {
            code: self.short_id.as_deref(),
            time: self.scanned_at.as_ref(),
            country: self.country.as_deref(),
            city: self.city.as_deref(),
            device: self.device_family.as_deref(),
            os: self.os_family.as_deref(),
            browser: self.browser_family.as_deref(),
            bot: self.is_bot,
            referer: self.referer.as_deref(),
            ..Scan::of(QrStudio.name())
        }
    }
}
