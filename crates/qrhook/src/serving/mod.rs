//! The shared parts of the adapters' servers. Programs use `serve` of their adapter and do not need this module.
//!
//! Behind the `serve` feature.

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
