//! What is done to the receiver, group by group.

mod forgeries;
mod limits;
mod outages;
mod repeats;
mod samples;

use super::Demo;
use crate::failure::Failure;

/// A body to try by hand.
pub(super) const EXAMPLE: &str =
    r#"{"type":"scan.created","id":"evt_by_hand","created_at":"2026-05-09T14:01:23Z","data":{"short_id":"aBc12dEf"}}"#;

/// All of them.
pub(super) async fn play(demo: &mut Demo) -> Result<(), Failure> {
    // Takes 3 s of waiting, so it begins first and is looked at last.
    let slow = limits::slow_body(demo).await?;
    samples::play(demo).await?;
    forgeries::play(demo).await?;
    repeats::play(demo).await?;
    limits::play(demo).await?;
    slow.finish(demo).await?;
    outages::play(demo).await
}
