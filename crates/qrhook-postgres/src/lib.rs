//! A durable store for [`qrhook`] in PostgreSQL, which several programs can share; and the claim inside your own
//! transaction, so that an event's id and your own writes commit together.
//!
//! ```no_run
//! use qrhook::{Receiver, Secrets, qrstudio::QrStudio};
//! use qrhook_postgres::PostgresStore;
//!
//! # async fn start() -> Result<(), Box<dyn std::error::Error>> {
//! let store = PostgresStore::connect("postgres://crm:PASSWORD@db.example/crm").await?;
//! let secrets = Secrets::from_env("QRSTUDIO_WEBHOOK_SECRET")?;
//! let receiver = Receiver::<QrStudio>::new("crm-sync", secrets, store)?;
//! # Ok(())
//! # }
//! ```
//!
//! Needs PostgreSQL 12 or newer, and a tokio runtime with its timers and its I/O on. TLS comes with the feature
//! `rustls`: it trusts the authorities of the system, or those of `sslrootcert`. `sslmode` in the URL decides what is
//! checked, as in libpq. Write `sslmode=verify-full`: the default, `prefer`, checks nothing.
//!
//! # What it survives
//!
//! | What happens | What follows |
//! | --- | --- |
//! | two programs claim an event at once | one has it; the other one is told that it is in flight, without waiting |
//! | a program dies | its claims end with their leases; what it committed is known |
//! | the server is stopped, crashes or fails over | steps fail until it is back, then they work again. What was acknowledged is on its disk: `synchronous_commit=off` is overruled for every commit, `fsync=off` is warned of |
//! | the server was started again, and nobody noticed | the first step gets a new connection and is repeated; a claim that was recorded before finds itself |
//! | the server hangs | a step fails in a second, by the clock of this program |
//! | its tables cannot grow | claims fail as [full](qrhook::store::StoreErrorKind::Full), duplicates are known, and commits find room on the page of their claim |
//! | its log cannot grow (`pg_wal` on a full disk) | the server itself stops, as PostgreSQL does then |
//! | the clock of a program is wrong | nothing: leases and retentions run on the server's |
//!
//! The server's clock is a wall clock. Setting it forwards ends leases and retentions early by that much, setting it
//! back ends them late: let NTP slew it. A server that fails over asynchronously forgets the last moments, with the ids
//! in them.
//!
//! A claim that nobody waits for any more (its client hung up) goes on in the background for the rest of its step time,
//! and is given back if the server grants it. A claim that fails by its time limit may have been taken, and the event is
//! in flight until the lease ends then; the server's own limits make that rare.
//!
//! # Connecting
//!
//! A server that cannot be the store is refused, by [`ConnectError`]: one that is a replica, that has tables of
//! somebody else, or whose user lacks a right. To find out, the store looks at the rights to its tables, and takes every
//! step once in a transaction that it rolls back. The rights of [`claim_in`] are those of your own connection, and the
//! same.
//!
//! The password reaches neither the log nor an error. sqlx would log the value of a parameter of the URL that it does not
//! know (`sslpassword`, or a misspelt `password`), and any line of the password file (`PGPASSFILE`, `~/.pgpass`) that it
//! cannot read: both are refused, by name and by number. A pool of yours is made by sqlx itself, so this does not cover
//! its URL.
//!
//! # The claim inside your transaction
//!
//! The store alone cannot rule out that a program dies between your last write and the commit of the claim: the event
//! is handled again then. When your writes go to PostgreSQL too, the claim can be a part of their transaction, and each
//! event is handled exactly once, even over a crash. Build the receiver
//! [with its claims left to the handler](qrhook::receiver::ReceiverBuilder::with_manual_claims), give it a
//! store on the same tables, which sweeps them, and claim in the handler:
//!
//! ```no_run
//! use qrhook::{Delivery, Rejection, qrstudio::QrStudio, store::StoreErrorKind};
//! use qrhook_postgres::{claim_in, commit};
//! use sqlx::PgPool;
//!
//! async fn on_event(pool: &PgPool, delivery: &Delivery<QrStudio>) -> Result<(), Rejection> {
//!     let failed = |_: sqlx::Error| Rejection::Store(StoreErrorKind::Unavailable);
//!     let mut transaction = pool.begin().await.map_err(failed)?;
//!     // A duplicate, or one in flight, is answered as the receiver would: the transaction is dropped, and rolled back.
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
//! A [`Rejection`](qrhook::Rejection) [knows its answer](qrhook::Rejection::to_response); the adapters' `Rejected`
//! makes it the handler's. What the handler does outside of its transaction, such as a request to another service, is
//! not undone with it.
//!
//! - *In flight* is found at once, and the transaction can still be used then. The backstop is a lock timeout of 250
//!   ms, for a row that somebody else keeps locked; after that the transaction is of no use. Your own `lock_timeout` is
//!   left as it was.
//! - *A commit that fails* may have happened: its answer can get lost. So the answer is a 503, and the sender's next
//!   try finds a duplicate, or handles the event. [`commit`] sees to it.
//! - *A program that dies or hangs* in its transaction holds the event no longer than its lease: the claim sets
//!   `idle_in_transaction_session_timeout` for the transaction, unless yours is shorter. For a statement that runs, set
//!   `statement_timeout` for the role.
//! - *Isolation*: `READ COMMITTED`, PostgreSQL's default, serves best. `REPEATABLE READ` and `SERIALIZABLE` are safe and
//!   refuse more: an event that was handled since the transaction began, and in `SERIALIZABLE` sometimes two different
//!   events at once. The answer is 503, which a sender that does not retry (QR Planet) makes a lost event.
//! - *Your pool* waits for a server that is gone, by default longer than a handler may run: build it with
//!   `PgPoolOptions::new().acquire_timeout(Duration::from_secs(1))`. Where a server's machine can vanish without a word,
//!   its transactions keep their connections until TCP gives up; `net.ipv4.tcp_retries2` says when.
//! - An event keeps its record for the retention from its claim. The store and the transactions know of each other's
//!   claims, so that a program can be changed from one to the other while events come in.
//!
//! # The claim with another driver
//!
//! The statement is [`CLAIM_IN`], for one row of two columns: the outcome, and one that is of no interest. Its
//! parameters come from [`Delivery::claim_request`](qrhook::Delivery::claim_request); `None` means that the event is
//! not deduplicated and is handled as it is, and an error that the receiver does not leave the claim to the handler.
//!
//! | Parameter | Type | Value |
//! | --- | --- | --- |
//! | `$1` | `bytea` | `request.key().as_bytes()` |
//! | `$2` | `bigint` | `request.terms().lease().as_micros()` |
//! | `$3` | `bigint` | `request.terms().retention().as_micros()` |
//! | `$4` | `integer` | `request.terms().occurrence().cast_signed()` |
//!
//! | Outcome | What to do |
//! | --- | --- |
//! | `acquired` | write, and commit |
//! | `duplicate` | roll back, answer [`Rejection::Duplicate`](qrhook::Rejection::Duplicate) |
//! | `conflict` | the same id with another occurrence: if `request.conflict_key()` is some, ask again with it in place of the key and take that outcome; otherwise as `duplicate` |
//! | `in flight` | roll back, answer [`Rejection::InFlight`](qrhook::Rejection::InFlight) |
//! | `changed` | ask again; after a few times as `in flight` |
//! | SQLSTATE 55P03, 40001 or 40P01 | roll back, as `in flight` |
//!
//! Run it inside a transaction: without one, the event would be handled before you began. Before the `COMMIT` run an
//! empty statement such as `SELECT`, and roll back when it fails: in a transaction in which a statement failed, `COMMIT`
//! rolls back, and most drivers do not tell. The statement:
//!
//! ```sql
#![doc = include_str!("../sql/claim_in.sql")]
//! ```
//!
//! # Your own migrations
//!
//! [`PostgresStore::connect`] makes the tables if they are missing, in one transaction; many programs may start at
//! once. Their names are found through the `search_path`, which the URL can set:
//! `?options=-c%20search_path%3Dwebhooks`. To make them yourself, run [`SCHEMA`] (the file `schema.sql` of this crate)
//! and turn that off ([`with_migration`](PostgresOptions::with_migration)). It names the rights that the program
//! needs. Tables of a newer version are refused.
//!
//! Sweeping is done by the receiver, a few records for each delivery.
//!
//! # Time limits
//!
//! A step takes [a second](PostgresOptions::with_step_time) at most, waiting for a connection included. The server is
//! told the same: `statement_timeout` is that time, and `lock_timeout` half of it. On [a pool of
//! yours](PostgresStore::with_pool) the settings of its connections stay as they are: the step ends in time, and what
//! the server does for it ends when its own limits say so. Such a pool waits for a server that refuses connections, so
//! that its outage shows as a timeout.
//!
//! # PgBouncer
//!
//! Pooling by session needs `ignore_startup_parameters = extra_float_digits, options`. Pooling by transaction needs
//! PgBouncer 1.21 or newer with `max_prepared_statements` above 0 as well, for this store and for the handler's pool: older
//! ones mix up the prepared statements of their clients, and no setting of sqlx prevents it. Here the server is not told
//! the settings of the connection; set them, and a `search_path` if you need one, for the role: `ALTER ROLE crm SET
//! statement_timeout = '1s'`. Pooling by statement has no transactions to claim in. None of this is part of the tests.

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
