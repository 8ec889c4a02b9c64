//! The store from outside.

mod batching;
mod contract;
mod crash;
mod full;
mod opening;
mod support;
mod time;
