//! The scenarios: every row of the status table, and every kind of request that has been tried on a receiver.

mod body;
mod client;
mod crowd;
mod exhaustive;
mod form;
mod handler;
mod json;
mod once;
mod signature;
mod store;

use crate::scenario::Sender;

/// An event with this id in its sender's format.
fn event(sender: Sender, id: &str) -> String {
    match sender {
        Sender::QrStudio => format!(
            r#"{{"type":"scan.created","id":"{id}","created_at":"2026-05-09T14:01:23Z","data":{{"short_id":"a"}}}}"#
        ),
        Sender::CodeQr => format!(
            r#"{{"event":"qrcode.scanned","id":"{id}","createdAt":"2026-03-14T09:00:00.123Z","data":{{"id":"a"}}}}"#
        ),
        // `uniqueid` tells two redemptions apart.
        Sender::QrPlanet => format!("event=VOUCHER_REDEEMED&status=SUCCESS&uniqueid={id}"),
    }
}

const SENDERS: [Sender; 3] = [Sender::QrStudio, Sender::CodeQr, Sender::QrPlanet];
