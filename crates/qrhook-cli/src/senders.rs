//! The senders that the command knows by name.

use qrhook::{
    neighbours::{CodeBox, Dub, JustScanIt, LinkShor, Qr3, QrLumo, ScanCue, Scribeless, ThreeQpr},
    standardwebhooks::StandardWebhooks,
};

use crate::{platform::Platform, sender::Sender};

/// The senders that can be named.
#[derive(Debug, Clone)]
pub(crate) struct Senders(Vec<Sender>);

impl Senders {
    /// Those of the library.
    pub(crate) fn built_in() -> Self {
        let mut senders: Vec<_> = Platform::ALL.into_iter().map(Platform::sender).collect();
        senders.extend(OTHERS);
        Self(senders)
    }

    /// The sender of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Sender> {
        self.iter().find(|sender| sender.name() == name)
    }

    /// Adds senders of other names.
    pub(crate) fn with(mut self, others: Vec<Sender>) -> Self {
        self.0.extend(others);
        self
    }

    /// Those that are not of the library.
    pub(crate) fn described(&self) -> impl Iterator<Item = Sender> {
        let built_in = Platform::ALL.len().saturating_add(OTHERS.len());
        self.iter().skip(built_in)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Sender> {
        self.0.iter().copied()
    }

    pub(crate) fn names(&self) -> String {
        self.0.iter().map(|sender| sender.name()).collect::<Vec<_>>().join(", ")
    }
}

/// The senders of the library that are not platforms of this project.
const OTHERS: [Sender; 10] = [
    Sender::new(&StandardWebhooks, "STANDARDWEBHOOKS_SECRET"),
    Sender::new(&Dub, "DUB_WEBHOOK_SECRET"),
    Sender::new(&Qr3, "QR3_WEBHOOK_SECRET"),
    Sender::new(&QrLumo, "QRLUMO_WEBHOOK_SECRET"),
    Sender::new(&ThreeQpr, "THREEQPR_WEBHOOK_SECRET").without_ids(),
    Sender::new(&LinkShor, "LINKSHOR_SECRET_KEY").without_ids(),
    Sender::new(&Scribeless, "SCRIBELESS_WEBHOOK_SECRET"),
    Sender::new(&CodeBox, "CODEBOX_WEBHOOK_SECRET"),
    Sender::new(&JustScanIt, "JUSTSCANIT_WEBHOOK_SECRET").without_ids(),
    Sender::new(&ScanCue, "SCANCUE_WEBHOOK_SECRET"),
];
