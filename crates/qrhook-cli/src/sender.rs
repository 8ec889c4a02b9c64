//! The SENDER argument, and the differences between senders.

use clap::ValueEnum;
use qrhook::{Delivery, Provider, codeqr::CodeQr, qrplanet::QrPlanet, qrstudio::QrStudio};

use crate::json;

/// A platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum Sender {
    /// QR Studio (qrstudio.agency)
    QrStudio,
    /// CodeQR (codeqr.io)
    CodeQr,
    /// QR Planet (qrplanet.com, qr1.at, qrd.by)
    QrPlanet,
}

/// Evaluates an expression with the type of a sender in scope.
macro_rules! with_provider {
    ($sender:expr, $provider:ident => $expression:expr) => {
        match $sender {
            $crate::sender::Sender::QrStudio => {
                type $provider = qrhook::qrstudio::QrStudio;
                $expression
            }
            $crate::sender::Sender::CodeQr => {
                type $provider = qrhook::codeqr::CodeQr;
                $expression
            }
            $crate::sender::Sender::QrPlanet => {
                type $provider = qrhook::qrplanet::QrPlanet;
                $expression
            }
        }
    };
}
pub(crate) use with_provider;

impl Sender {
    pub(crate) const ALL: [Self; 3] = [Self::QrStudio, Self::CodeQr, Self::QrPlanet];

    /// The name in arguments, paths and events.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::QrStudio => QrStudio::NAME,
            Self::CodeQr => CodeQr::NAME,
            Self::QrPlanet => QrPlanet::NAME,
        }
    }

    /// The default environment variable of the secret.
    pub(crate) const fn variable(self) -> &'static str {
        match self {
            Self::QrStudio => "QRSTUDIO_WEBHOOK_SECRET",
            Self::CodeQr => "CODEQR_WEBHOOK_SECRET",
            Self::QrPlanet => "QRPLANET_SECRET_TOKEN",
        }
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
    pub(crate) const fn signs_time(self) -> bool {
        matches!(self, Self::QrStudio)
    }

    /// The content type of the requests.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::QrStudio | Self::CodeQr => "application/json",
            Self::QrPlanet => "application/x-www-form-urlencoded",
        }
    }
}

/// A sender whose events can be printed.
pub(crate) trait Shown: Provider {
    /// The data of the event as one line of JSON. `None` if it has none.
    fn data(delivery: &Delivery<Self>) -> Option<String>;
}

impl Shown for QrStudio {
    fn data(delivery: &Delivery<Self>) -> Option<String> {
        delivery.event().data().map(|data| json::compact(data.as_str()))
    }
}

impl Shown for CodeQr {
    fn data(delivery: &Delivery<Self>) -> Option<String> {
        delivery.event().data().map(|data| json::compact(data.as_str()))
    }
}

impl Shown for QrPlanet {
    fn data(delivery: &Delivery<Self>) -> Option<String> {
        // The delivery has the form without its token.
        Some(json::object(form_urlencoded::parse(delivery.raw())))
    }
}
