//! A store.

mod connections;
mod error;
mod options;
mod schema;
mod steps;
mod store;

pub use self::{
    error::{ConnectError, ServerError},
    options::PostgresOptions,
    schema::SCHEMA,
    store::PostgresStore,
};
