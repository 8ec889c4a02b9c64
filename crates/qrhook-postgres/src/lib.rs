//! A durable [`qrhook`] store in PostgreSQL that several programs can share, and claims inside your own transactions,
//! so that the id of an event and your own writes commit together.
//!
//! # Example
//!
//! ```no_run
//! use qrhook::{Receiver, Secrets, qrstudio::QrStudio};
//! use qrhook_postgres::PostgresStore;
//!
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! let store = PostgresStore::connect("postgres://crm:PASSWORD@db.example/crm?sslmode=verify-full").await?;
//! let secrets = Secrets::from_env("QRSTUDIO_WEBHOOK_SECRET")?;
//! let receiver = Receiver::<QrStudio>::new("crm-sync", secrets, store)?;
//! # Ok(())
//! # }
//! ```
//!
//! A program connects a [`PostgresStore`] and passes it to its receiver. [`PostgresOptions`] sets the time limit of a
//! step, the number of connections and the migration. [`ConnectError`] gives the reason why a server cannot be used as
//! a store. For handlers that write to the same database, [`claim_in`] and [`commit`] make the claim a part of their
//! transaction.
//!
//! The store needs PostgreSQL 12 or newer, and a tokio runtime with its timers and its I/O enabled.
//!
//! # Connecting
//!
//! [`PostgresStore::connect`] refuses a server that cannot be used as a store: a replica, a database with unrelated
//! tables of the same names, or a user who lacks a right. To find out, it checks the rights to the tables, and runs
//! every step once in a transaction that it rolls back. [`claim_in`] needs the same rights on your own connection.
//!
//! The password reaches neither the log nor an error. sqlx would log the value of an unknown parameter in the URL
//! (`sslpassword`, or a misspelt `password`), and any line of the password file (`PGPASSFILE`, `~/.pgpass`) that it
//! cannot read. Both are refused, the parameter by its name and the line by its number. This does not cover the URL of
//! your own pool, which sqlx itself creates.
//!
//! # Steps
//!
//! Each step is one statement. It takes at most [one second](PostgresOptions::with_step_time), including the wait for a
//! connection. A claim whose caller is gone, for instance because the client hung up, continues in the background for
//! the rest of its step time, and is released if the server grants it. A claim that fails because of its time limit may
//! have been made, and then the event stays in flight until the lease ends. The server's own limits make that rare.
//!
//! The receiver sweeps expired records, a few for each delivery.
//!
//! # Time limits
//!
//! The server enforces the step time as well: its `statement_timeout` is that time, and its `lock_timeout` is half of
//! it. On [your own pool](PostgresStore::with_pool) the settings of the connections are left unchanged: the step ends
//! in time, and the server stops working on it when its own limits are reached. While the server refuses connections,
//! such a pool waits, so an outage shows as a timeout.
//!
//! # Failures
//!
//! | Failure | Effect |
//! | --- | --- |
//! | two programs claim an event at once | one acquires it; the other finds it in flight, without waiting |
//! | a program dies | its claims end with their leases; what it committed is remembered |
//! | the server stops, crashes or fails over | steps fail until it is back, and then succeed again. Acknowledged commits are on its disk: `synchronous_commit=off` is overridden for every commit, and `fsync=off` logs a warning |
//! | the server was restarted while the store was idle | the first step gets a new connection and is repeated; a repeated claim recognises its own record |
//! | the server hangs | a step fails after one second, by the clock of this program |
//! | its tables cannot grow | claims fail as [full](qrhook::store::StoreErrorKind::Full), duplicates are recognised, and commits find room on the page of their claim |
//! | its log cannot grow (`pg_wal` on a full disk) | PostgreSQL itself stops |
//!
//! # Time
//!
//! Leases and retentions run on the server's clock, so a wrong clock of a program has no effect. The server's clock is
//! a wall clock. Setting it forwards ends leases and retentions early by that much, and setting it back ends them late.
//! Let NTP slew it instead. An asynchronous failover loses the most recent commits, including the ids in them.
//!
//! # The claim inside your transaction
//!
//! With the store alone, a program can die between your last write and the commit of the claim. The event is then
//! handled again. If your writes go to PostgreSQL too, the claim can be a part of their transaction. Each event is then
//! handled exactly once, even across a crash. Build the receiver [with manual
//! claims](qrhook::receiver::ReceiverBuilder::with_manual_claims), give it a store on the same tables, which sweeps
//! them, and claim in the handler:
//!
//! ```no_run
//! use qrhook::{Delivery, Rejection, qrstudio::QrStudio, store::StoreErrorKind};
//! use qrhook_postgres::{claim_in, commit};
//! use sqlx::PgPool;
//!
//! async fn on_event(pool: &PgPool, delivery: &Delivery<QrStudio>) -> Result<(), Rejection> {
//!     let failed = |_: sqlx::Error| Rejection::Store(StoreErrorKind::Unavailable);
//!     let mut transaction = pool.begin().await.map_err(failed)?;
//!     // For a duplicate, or an event in flight, this returns the receiver's usual response. Dropping the transaction
//!     // rolls it back.
//!     claim_in(&mut transaction, delivery).await?;
//!     sqlx::query("INSERT INTO scan (event) VALUES ($1)")
//!         .bind(delivery.id())
//!         .execute(&mut *transaction)
//!         .await
//!         .map_err(failed)?;
//!     commit(transaction).await
//! }
//! ```
//!
//! [`Rejection::to_response`](qrhook::Rejection::to_response) builds the response, and the adapters' `Rejected` lets a
//! handler return it. Anything that the handler does outside of its transaction, such as a request to another service,
//! is not undone with it.
//!
//! - *In flight* is found at once, and the transaction remains usable. The exception is a row that another transaction
//!   keeps locked: a lock timeout of 250 ms ends the wait, and then the transaction is no longer usable. Your own
//!   `lock_timeout` is restored afterwards.
//! - *A failed commit* may have happened, because its reply can get lost. The response is therefore a 503, and the
//!   sender's next attempt either finds a duplicate or handles the event. [`commit`] takes care of this.
//! - *A program that dies or hangs* in its transaction holds the event no longer than its lease: the claim sets
//!   `idle_in_transaction_session_timeout` for the transaction, unless yours is shorter. To limit a running statement,
//!   set `statement_timeout` for the role.
//! - *Isolation*: `READ COMMITTED`, the default of PostgreSQL, works best. `REPEATABLE READ` and `SERIALIZABLE` are
//!   safe, but refuse more: events that were handled since the transaction began, and in `SERIALIZABLE` sometimes one
//!   of two unrelated events that are handled at the same time. The response is a 503, so a sender that does not retry
//!   (QR Planet) loses the event.
//! - *Your pool* waits for a server that is gone, by default longer than a handler may run. Build it with
//!   `PgPoolOptions::new().acquire_timeout(Duration::from_secs(1))`. If the server's machine disappears without closing
//!   its connections, transactions keep them until TCP gives up; `net.ipv4.tcp_retries2` sets that time.
//! - *The record* is kept for the retention, counted from the claim. The store and the transactions respect each
//!   other's claims, so a program can switch from one to the other while events arrive.
//!
//! # The claim with another driver
//!
//! The statement is [`CLAIM_IN`]. It returns one row of two columns: the outcome, and a value to ignore. Its parameters
//! come from [`Delivery::claim_request`](qrhook::Delivery::claim_request). If that is `None`, the event is not
//! deduplicated, and is handled without a claim. If it is an error, the receiver does not have manual claims.
//!
//! | Parameter | Type | Value |
//! | --- | --- | --- |
//! | `$1` | `bytea` | `request.key().as_bytes()` |
//! | `$2` | `bigint` | `request.terms().lease().as_micros()` |
//! | `$3` | `bigint` | `request.terms().retention().as_micros()` |
//! | `$4` | `integer` | `request.terms().occurrence().cast_signed()` |
//!
//! | Outcome | Action |
//! | --- | --- |
//! | `acquired` | write, and commit |
//! | `duplicate` | roll back, respond with [`Rejection::Duplicate`](qrhook::Rejection::Duplicate) |
//! | `conflict` | the same id with another occurrence: if `request.conflict_key()` is `Some`, run the statement again with that key and follow the new outcome; otherwise treat it as `duplicate` |
//! | `in flight` | roll back, respond with [`Rejection::InFlight`](qrhook::Rejection::InFlight) |
//! | `changed` | run the statement again; after a few times, treat it as `in flight` |
//! | SQLSTATE 55P03, 40001 or 40P01 | roll back, treat it as `in flight` |
//!
//! Run it inside a transaction: without one, the event would count as handled before you began. Before the `COMMIT`,
//! run an empty statement such as `SELECT`, and roll back if it fails: after a failed statement in the transaction,
//! `COMMIT` rolls back, and most drivers do not report it. The statement:
//!
//! ```sql
#![doc = include_str!("../sql/claim_in.sql")]
//! ```
//!
//! # Your own migrations
//!
//! [`PostgresStore::connect`] creates the tables if they are missing, in one transaction; many programs may start at
//! once. Their names are found through the `search_path`, which the URL can set:
//! `?options=-c%20search_path%3Dwebhooks`. To create them yourself, run [`SCHEMA`] (the file `schema.sql` of this
//! crate) and turn the migration [off](PostgresOptions::with_migration). The file lists the rights that the program
//! needs. Tables of a newer version are refused.
//!
//! # TLS
//!
//! The feature `rustls` adds TLS. It trusts the certificate authorities of the system, or those in `sslrootcert`. As in
//! libpq, `sslmode` in the URL decides what is checked. Write `sslmode=verify-full`: the default, `prefer`, checks
//! nothing.
//!
//! # PgBouncer
//!
//! With session pooling, set `ignore_startup_parameters = extra_float_digits, options`. Transaction pooling also needs
//! PgBouncer 1.21 or newer with `max_prepared_statements` above 0, for this store and for the handler's pool: older
//! versions mix up the prepared statements of their clients, and no setting of sqlx prevents that. Behind PgBouncer the
//! server does not receive the settings of the connection. Set them for the role, together with a `search_path` if you
//! need one: `ALTER ROLE crm SET statement_timeout = '1s'`. Statement pooling does not work, because it has no
//! transactions. None of this is tested.

mod claiming;
mod connections;
mod error;
mod options;
mod parameters;
mod password_file;
mod schema;
mod steps;
mod store;
mod transaction;
mod url;

pub use self::{
    error::{ConnectError, ServerError},
    options::PostgresOptions,
    schema::SCHEMA,
    store::PostgresStore,
    transaction::{CLAIM_IN, ClaimedIn, claim_in, commit},
};

#[cfg(test)]
mod tests;
