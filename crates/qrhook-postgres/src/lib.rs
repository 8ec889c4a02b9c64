//! A store.

mod connections;
mod error;
mod options;
mod schema;
mod steps;
mod store;
mod transaction;

pub use self::{
    error::{ConnectError, ServerError},
    options::PostgresOptions,
    schema::SCHEMA,
    store::PostgresStore,
    transaction::{CLAIM_IN, ClaimedIn, claim_in},
};

#[cfg(test)]
mod tests;
