//! The senders that the command knows by name.

use qrhook::{
    neighbours::{CodeBox, Dub, JustScanIt, LinkShor, Qr3, QrLumo, ScanCue, Scribeless, ThreeQpr},
    standardwebhooks::StandardWebhooks,
};

use crate::{platform::Platform, sender::Sender};

/// The senders that can be named.
#[derive(Debug, Clone)]
pub(crate) struct Senders {
    built_in: Vec<Sender>,
    described: Vec<Sender>,
}

impl Senders {
    /// Those of the library.
    pub(crate) fn built_in() -> Self {
        let built_in = Platform::ALL.into_iter().map(Platform::sender).chain(OTHERS).collect();
        Self { built_in, described: Vec::new() }
    }

    /// The sender of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Sender> {
        self.iter().find(|sender| sender.name() == name)
    }

    /// The same, with those that a file describes, which have other names.
    pub(crate) fn with(self, described: Vec<Sender>) -> Self {
        Self { described, ..self }
    }

    /// Those that a file describes.
    pub(crate) fn described(&self) -> impl Iterator<Item = Sender> {
        self.described.iter().copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Sender> {
        self.built_in.iter().chain(&self.described).copied()
    }

    pub(crate) fn names(&self) -> String {
        self.iter().map(|sender| sender.name()).collect::<Vec<_>>().join(", ")
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
