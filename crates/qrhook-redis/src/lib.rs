//! A shared [`qrhook`] store in Redis: several programs on several machines handle each event once.
//!
//! # Example
//!
//! ```no_run
//! use std::time::Duration;
//! use qrhook::store::{Key, Outcome, Store, Terms};
//! use qrhook_redis::RedisStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = RedisStore::connect("redis://:password@127.0.0.1:6379").await?;
//!
//! // A receiver takes these steps for every delivery.
//! let key = Key::new("qrstudio", "crm-sync", b"evt_1");
//! let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(72 * 3600), 0)?;
//! let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("the event is new") };
//! store.commit(&claim).await?;
//! assert_eq!(store.claim(&key, &terms).await?, Outcome::Done { same_occurrence: true });
//! # Ok(())
//! # }
//! ```
//!
//! A program connects a [`RedisStore`] and passes it to its `Receiver`. [`RedisOptions`] sets the prefix of the keys
//! and the time limit of a step. [`ConnectError`] gives the reason why a server cannot be used as a store.
//!
//! The server is a single Redis or a cluster, or a compatible server. The store is written for Redis 5 and newer, and
//! tested with 7.0.
//!
//! The store needs a tokio runtime. A new connection lives in the runtime in which the store was connected, as long as
//! that runtime exists and has its own threads, and otherwise in the runtime of the step that needs it. A connection
//! ends with its runtime, and the next step opens another one.
//!
//! # Connecting
//!
//! When it connects, the store runs `INFO` on the server, or on every master of a cluster, and every command of the
//! steps on a record that expires immediately:
//!
//! | Server | Result |
//! | --- | --- |
//! | evicts records, because its `maxmemory-policy` is not `noeviction` | [`ConnectError::Evicts`]: when its memory is full, it would silently forget handled events |
//! | refuses `INFO`; or is a master of the cluster that cannot be reached; or some slots of the cluster have no master | [`ConnectError::Unreadable`] |
//! | is a replica | [`ConnectError::Replica`] |
//! | refuses the user a command, or the keys of the store | [`ConnectError::MissingPrivilege`], with the refused commands and the rights that are needed |
//! | has no append-only file (`appendonly no`) | is accepted, with a warning in the log; the store is not [durable](qrhook::store::StoreProperties) |
//!
//! [`with_unchecked_server`](RedisOptions::with_unchecked_server) accepts the server as it is, unless the user lacks a
//! right to the steps themselves. The store does not notice later changes to the server, and does not check a replica
//! that is promoted later.
//!
//! The user of the store needs only a few rights: `~qrhook:* +info +evalsha +eval +time +hmget +hset +hdel +pexpireat
//! +del`, and in a cluster `+cluster|slots +ping`. A database other than 0 needs `+select`.
//!
//! Unknown parameters of the address are refused by name: the client ignores them, so a misspelt `pass` would mean no
//! password. The password reaches neither the log nor an error.
//!
//! # Steps
//!
//! Each step is one script, which the server runs as a whole or not at all, on its own clock. It has one key, `qrhook:`
//! and 32 hex digits, so that a cluster spreads the events over its masters. A record holds the owner, the end of the
//! lease and the occurrence, and neither the id nor any part of the event. It expires on its own: a handled event after
//! its retention, and a claim that is never settled one retention after its lease. Sweeps have nothing to do.
//!
//! A claim whose caller is gone, for instance because the client hung up, continues in the background for the rest of
//! its step time, and is released if the server grants it. A claim that fails with `Timeout` or `Unavailable` may have
//! been made, and then the event stays in flight until the lease ends.
//!
//! # Time limits
//!
//! Every step ends within its [time limit](RedisOptions::with_step_time), which is one second by default: with
//! `Timeout` if the server hangs, with `Unavailable` if it is gone or refuses, and with `Full` if its memory is full. A
//! full server that does not evict refuses claims, so the sender gets a 503 and tries again. It still accepts commits
//! and releases, which need no memory.
//!
//! # Failures
//!
//! | Failure | With `appendonly yes` | Without |
//! | --- | --- | --- |
//! | the program restarts | nothing is lost | nothing is lost |
//! | the server is stopped and started again | nothing is lost | everything since the last snapshot is lost |
//! | the server's process is killed | nothing is lost with `appendfsync always`; otherwise up to two seconds, if its disk was slow at that moment | everything since the last snapshot is lost |
//! | the server's machine loses power, with `appendfsync always` | nothing is lost | everything since the last snapshot is lost |
//! | the same with `appendfsync everysec` (the default) | the last second is lost | everything since the last snapshot is lost |
//! | the same with `appendfsync no` | everything that the kernel had not written is lost | everything since the last snapshot is lost |
//! | a failover to a replica | everything that the replica had not received is lost | the same |
//!
//! With `everysec`, a server that is killed while its disk is so slow that writes wait for it loses the pending writes,
//! up to several seconds of them. `INFO` does not report `appendfsync`, so the store reports itself as durable with all
//! three settings.
//!
//! Redis acknowledges a step before its replicas have it, in a cluster too. If a master dies at the wrong moment, its
//! last claims and commits are lost, and these events can be handled once more when they are sent again. `WAIT` and
//! `min-replicas-to-write` make this rarer, but do not rule it out. Where it must not happen, use `qrhook-postgres`, or
//! make the handler idempotent.
//!
//! When the server is back, steps succeed again. All steps share one connection (in a cluster, one to each master). A
//! connection that ended, does not respond, or leads to a server that became a replica is replaced at the next step. So
//! the store follows an address that moves with the master; it does not ask Sentinel. A step whose reply was lost is
//! repeated once on the new connection, and recognises what it did the first time.
//!
//! In a cluster, the store follows moved slots. A master that is gone or hangs affects only its own events, until a
//! replica takes over. When steps get no reply, the store asks all known nodes for the slots, in the background.
//!
//! # Time
//!
//! Leases and retentions run on the server's clock, so the clocks of the programs have no effect. The server's clock is
//! a wall clock, and setting it forwards ends them early.
//!
//! # TLS
//!
//! The feature `rustls` adds `rediss://` addresses. The certificate must be signed by an authority that the system
//! trusts, or by the one that is [set in code](RedisOptions). The check cannot be turned off.
//!
//! If the process has no cryptography provider for rustls, connecting installs ring for the whole process. To use
//! another provider, install it before connecting.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
mod claiming;
mod cluster;
mod error;
mod link;
mod nodes;
mod options;
mod rights;
mod runtime;
mod script;
mod server;
mod single;
mod steps;
mod store;

pub use self::{error::ConnectError, options::RedisOptions, store::RedisStore};
