//! Deliveries of all senders in virtual time, with everything that can go wrong: `qrhook-simulation --help`.
//!
//! A simulation consists of worlds, each with a seed of its own: a program with one receiver for each sender, its store,
//! and some days of events. Real receivers run in tokio's paused time, so that days pass in milliseconds. Senders retry
//! as their platforms do. Handlers fail, hang and panic; the store fails, loses replies, is slow or full; the program
//! crashes and is deployed; clients leave early.
//!
//! At the end, each event is judged by what was done to it: it must have been handled once, and each refused attempt
//! must have a cause that the simulation itself injected for that very event.

#![expect(clippy::unwrap_used, reason = "a simulation that cannot continue fails")]
#![expect(clippy::arithmetic_side_effects, reason = "the numbers are small")]

mod chaos;
mod client;
mod event;
mod handler;
mod history;
mod process;
mod store;
mod tally;
mod verdict;
mod world;

pub use self::{store::Bug, tally::Tally, world::World};

/// Keeps the panics that the simulation wants out of the output.
pub fn be_quiet() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str() != Some("simulated") {
            report(panic);
        }
    }));
}
