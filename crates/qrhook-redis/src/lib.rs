//! A shared store for [`qrhook`] in Redis: several programs, on several machines, handle each event once.
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
//! let key = Key::new("qrstudio", "crm-sync", b"evt_1");
//! let terms = Terms::new(Duration::from_secs(30), Duration::from_secs(72 * 3600), 0)?;
//! let Outcome::Acquired(claim) = store.claim(&key, &terms).await? else { panic!("somebody has it") };
//! store.commit(&claim).await?;
//! assert_eq!(store.claim(&key, &terms).await?, Outcome::Done { same_occurrence: true });
//! # Ok(())
//! # }
//! ```
//!
//! A single server or a cluster, or what is compatible with it; written for Redis 5 and newer, tested with 7.0.
//!
//! The store runs on tokio. A new connection lives in the runtime that the store was connected in, as long as that one
//! lives and has threads of its own, and else in the runtime of the step that needs it. A connection ends with its
//! runtime, and the next step makes another.
//!
//! # Steps
//!
//! Every step is one script, which the server runs whole or not at all, on its own clock: the clocks of the programs
//! do not matter. It has one key, `qrhook:` and 32 hex digits, so that a cluster spreads the events over its masters.
//! A record holds the owner, the end of the lease and the occurrence, no id and nothing of the event, and ends by
//! itself: a handled event after its retention, a claim that nobody settles a retention after its lease. Sweeps have
//! nothing to do.
//!
//! # The server
//!
//! When it connects, the store asks the server, or every master of a cluster, by `INFO`, and runs every command of the
//! steps on a record that ends at once:
//!
//! | The server | What happens |
//! | --- | --- |
//! | evicts: its `maxmemory-policy` is not `noeviction` | [`ConnectError::Evicts`]: when its memory is full, it would forget handled events silently |
//! | does not let itself be asked, or is a master of the cluster that cannot be reached; or slots of the cluster have no master | [`ConnectError::Unreadable`] |
//! | is a replica | [`ConnectError::Replica`] |
//! | refuses the user a command, or the keys of the store | [`ConnectError::MissingPrivilege`], with the commands that are refused and the rights that are needed |
//! | has no append-only file (`appendonly no`) | is taken, with a warning in the log; the store is not [durable](qrhook::store::StoreProperties) |
//!
//! [`with_unchecked_server`](RedisOptions::with_unchecked_server) takes the server as it is, unless the user lacks a right to
//! the steps themselves. What is changed on it
//! later is not noticed, and a replica that is promoted later is not asked. A full server that does not evict refuses
//! claims (the sender gets a 503 and tries again), and still takes commits and releases, which need no memory.
//!
//! A user of the server with few rights is enough: `~qrhook:* +info +evalsha +eval +time +hmget +hset +hdel +pexpireat
//! +del`, and in a cluster `+cluster|slots +ping`. A database other than 0 needs `+select`.
//!
//! # What survives
//!
//! | What happens | With `appendonly yes` | Without |
//! | --- | --- | --- |
//! | the program restarts | nothing is lost | nothing is lost |
//! | the server is stopped and started again | nothing is lost | everything since the last snapshot is lost |
//! | the server's process is killed | nothing is lost with `appendfsync always`; otherwise up to two seconds, if its disk was slow at that moment | everything since the last snapshot is lost |
//! | the server's machine loses its power, with `appendfsync always` | nothing is lost | everything since the last snapshot is lost |
//! | the same with `appendfsync everysec` (the default) | the last second is lost | everything since the last snapshot is lost |
//! | the same with `appendfsync no` | what the kernel had not written is lost | everything since the last snapshot is lost |
//! | a failover to a replica | what the replica had not received is lost | the same |
//!
//! With `everysec`, a server whose process is killed while its disk is so slow that writes wait for it loses what waits, up
//! to some seconds. `INFO` does not tell `appendfsync`: the store calls itself durable with each of the three.
//!
//! Redis acknowledges a step before its replicas have it, in a cluster too. A master that dies at the wrong moment
//! takes its last claims and commits with it, and these events can be handled once more when they are sent again.
//! `WAIT` and `min-replicas-to-write` make that rarer, but do not rule it out; where it must not happen, take
//! `qrhook-postgres`, or make the handler repeatable.
//!
//! Leases and retentions run on the wall clock of the server. One that is set forwards ends them early.
//!
//! # Outages
//!
//! All steps share one connection (in a cluster, one to each master). Every step ends within its
//! [time](RedisOptions::with_step_time), one second unless changed: with `Timeout` when the server hangs,
//! `Unavailable` when it is gone or refuses, `Full` when its memory is full. When the server is back, the store works
//! again by itself: a connection that ended, that does not answer, or that leads to a server which became a replica is
//! replaced at the next step. So an address that moves with the master is followed; Sentinel is not asked. In a
//! cluster, moved slots are followed, and a master that is gone or hangs takes only its own events with it, until a
//! replica takes over. When steps get no answer, the store asks all nodes that it knows for the slots, in the background.
//!
//! A step whose answer got lost is repeated once on the new connection, and finds what it did the first time.
//!
//! A claim that nobody waits for any more (its client hung up) goes on in the background for the rest of its step time,
//! and is given back if the server grants it. A claim that fails with `Timeout` or `Unavailable` may have been taken, and
//! the event is in flight until the lease ends then.
//!
//! # The address
//!
//! Unknown parameters of the address are refused by name: the client ignores them, and a misspelt `pass` would be no
//! password. The password reaches neither the log nor an error.
//!
//! # TLS
//!
//! The feature `rustls` adds `rediss://` addresses. The certificate has to be of an authority that the system
//! trusts, or of the one that is given in code; the check cannot be turned off.
//!
//! If the process has no cryptography provider for rustls, connecting installs one, ring, for the whole process. Install
//! yours before connecting.

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
