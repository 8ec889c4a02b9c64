//! An event as one line of JSON.

use qrhook::Delivery;

use crate::{json, sender::Sender};

/// The event as one JSON object on one line, without the line break.
///
/// Assembled as text, because the data of the sender must stay as it was sent: a JSON library would round its numbers,
/// sort its keys or drop repeated ones.
pub(crate) fn of(delivery: &Delivery<Sender>) -> String {
    let members = [
        ("sender", json::of(delivery.sender())),
        ("type", json::of(&delivery.event_type())),
        ("id", json::of(&delivery.id())),
        ("created_at", json::of(&delivery.created_at().map(|time| time.as_str()))),
        ("signed_at", json::of(&delivery.signed_at().map(|time| time.as_secs()))),
        ("secret", json::of(&delivery.matched_secret().position)),
        ("id_conflict", json::of(&delivery.id_conflict())),
        ("unclaimed", json::of(&delivery.unclaimed())),
        ("scan", json::of(&delivery.scan())),
        ("data", delivery.event().data(delivery.raw()).unwrap_or_else(|| "null".to_owned())),
    ];
    // Only hooks with tenants have this member.
    let tenant = delivery.tenant().map(|tenant| ("tenant", json::of(tenant)));
    let mut line = String::from("{");
    for (name, value) in members.into_iter().chain(tenant) {
        json::push_member(&mut line, name, &value);
    }
    line.push('}');
    json::one_line(line)
}
