//! The three platforms whose hooks this project is made for.

use clap::ValueEnum;
use qrhook::{codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio};

use crate::sender::Sender;

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum Platform {
    /// QR Studio (qrstudio.agency)
    QrStudio,
    /// CodeQR (codeqr.io)
    CodeQr,
    /// QR Planet (qrplanet.com, qr1.at, qrd.by)
    QrPlanet,
}

impl Platform {
    pub(crate) const ALL: [Self; 3] = [Self::QrStudio, Self::CodeQr, Self::QrPlanet];

    pub(crate) const fn sender(self) -> Sender {
        match self {
            Self::QrStudio => Sender::new(&QrStudio, "QRSTUDIO_WEBHOOK_SECRET"),
            Self::CodeQr => Sender::new(&CodeQr, "CODEQR_WEBHOOK_SECRET"),
            Self::QrPlanet => Sender::new(&QrPlanet, "QRPLANET_SECRET_TOKEN"),
        }
    }

    /// The platform that is this sender; `None` if it is another one.
    pub(crate) fn of(sender: Sender) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.sender() == sender)
    }

    /// The name in arguments, paths and events.
    pub(crate) fn name(self) -> &'static str {
        self.sender().name()
    }

    /// The default environment variable of the secret.
    pub(crate) const fn variable(self) -> &'static str {
        self.sender().variable()
    }

    /// The signature header, as the vendor writes it. `None` if the secret is in the body.
    pub(crate) const fn signature_header(self) -> Option<&'static str> {
        match self {
            Self::QrStudio => Some("X-QRStudio-Signature"),
            Self::CodeQr => Some("CodeQR-Signature"),
            Self::QrPlanet => None,
        }
    }

    /// Whether the sender signs a time.
    pub(crate) fn signs_time(self) -> bool {
        self.sender().signs_time()
    }
}
