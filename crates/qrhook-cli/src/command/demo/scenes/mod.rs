//! The requests of the demo, group by group.

mod forgeries;
mod limits;
mod outages;
mod repeats;
mod samples;
mod tour;

use super::check::Check;
use crate::{failure::Failure, logs::Kept};

/// A body to send by hand.
pub(super) const EXAMPLE: &str =
    r#"{"type":"scan.created","id":"evt_by_hand","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;

/// Sends all of them.
pub(super) async fn play(check: &mut Check, log: &Kept) -> Result<(), Failure> {
    // It waits for 3 s, so it begins first and its response is checked late.
    tour::play(check, log).await?;
    let slow = limits::slow_body(check).await?;
    samples::play(check).await?;
    forgeries::play(check).await?;
    repeats::play(check).await?;
    limits::play(check).await?;
    slow.finish(check).await?;
    outages::play(check).await
}
