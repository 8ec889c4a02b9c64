//! Real database servers for the tests: each on a free port, with its data in a folder of its own, stopped with the
//! program that started it, however that ends.
//!
//! The programs come from Debian's packages `postgresql` and `redis-server`; `scripts/test` installs them. A test whose
//! server is missing fails, and says what to install.

mod postgres;
mod process;
mod redis;
mod server;

pub use self::{
    postgres::Postgres,
    process::free_address,
    redis::{Redis, RedisCluster},
    server::Server,
};
