//! Real database servers for the tests. Each has a free port and its own data folder, and stops when the program that
//! started it ends, however that happens.
//!
//! The programs come from Debian's packages `postgresql` and `redis-server`; `scripts/test` installs them. A test whose
//! server is missing fails with the name of the package to install.

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
