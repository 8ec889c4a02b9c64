//! The common view of a scan.

use super::{CodeQr, Provider, QrCodeScanned};
use crate::event::Scan;

impl QrCodeScanned {
    /// Returns the common view of a scan.
    pub(super) fn common_scan(&self) -> Scan<'_> {
        let code = self.qr_code.as_ref().and_then(|code| code.key.as_deref().or(code.id.as_deref()));
        let scan = Scan { code, ..Scan::of(CodeQr.name()) };
        let Some(interaction) = &self.interaction else { return scan };
        Scan {
            time: interaction.timestamp.as_ref(),
            country: interaction.country.as_deref(),
            city: interaction.city.as_deref(),
            device: interaction.device.as_deref(),
            os: interaction.os.as_deref(),
            browser: interaction.browser.as_deref(),
            bot: interaction.bot,
            referer: interaction.referer.as_deref(),
            ..scan
        }
    }
}
