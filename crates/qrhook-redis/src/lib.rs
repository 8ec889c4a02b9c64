//! A shared store for [`qrhook`] in Redis.

mod error;
mod link;
mod options;
mod script;
mod server;
mod store;

pub use self::{error::ConnectError, options::RedisOptions, store::RedisStore};
