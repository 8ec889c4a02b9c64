//! What the servers of the adapters share. Programs use `serve` of their adapter, and nothing of this.
//!
//! Behind the feature `serve`.

mod descriptors;
mod ending;
mod listener;
mod signals;
mod stopped;

pub use self::{
    descriptors::max_connections,
    ending::{Ending, Receivers, Started},
    listener::{HANDSHAKE_TIME, hold_back_new},
    signals::Signals,
    stopped::Stopped,
};
