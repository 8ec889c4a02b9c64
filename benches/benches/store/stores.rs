//! The stores, each with the code that handles an event once.

use std::{
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};

use dashmap::{DashMap, Entry};
use moka::sync::Cache;
use qrhook::{
    Clock, MemoryStore, Store,
    store::{Key, Outcome, Terms},
};
use qrhook_benches::results::Result;

use super::clock::Moved;

const LEASE: Duration = Duration::from_secs(30);
pub const RETENTION: Duration = Duration::from_secs(72 * 3600);

/// Claims a new key and commits it. Returns `false` if the key was known.
pub type Handle = Box<dyn Fn(&Key) -> Result<bool>>;

/// The store with this name, on this clock.
pub fn find(name: &str, clock: &Moved) -> Result<Handle> {
    match name {
        "qrhook" => ours(clock),
        "DashMap" => Ok(map(clock)),
        "moka" => Ok(cache(clock)),
        _ => Err("unknown store".into()),
    }
}

fn ours(clock: &Moved) -> Result<Handle> {
    let terms = Terms::new(LEASE, RETENTION, 0)?;
    let store = MemoryStore::new().with_max_ids(usize::MAX).with_clock(clock.clone());
    Ok(Box::new(move |key| {
        let Outcome::Acquired(claim) = ready(store.claim(key, &terms))?? else { return Ok(false) };
        ready(store.commit(&claim))??;
        Ok(true)
    }))
}

/// The record of a store written by hand.
#[derive(Clone)]
struct Record {
    owner: u64,
    until: Duration,
    occurrence: u32,
    done: bool,
}

/// The usual store by hand: a map, which is searched four times in each retention for records that are over.
fn map(clock: &Moved) -> Handle {
    let (clock, owners, next_sweep) = (clock.clone(), AtomicU64::new(0), AtomicU64::new(0));
    let map = DashMap::<[u8; 16], Record>::new();
    Box::new(move |key| {
        let now = clock.monotonic();
        if now.as_secs() >= next_sweep.load(Ordering::Relaxed) {
            next_sweep.store((now + RETENTION / 4).as_secs(), Ordering::Relaxed);
            map.retain(|_, record| record.until > now);
        }
        let owner = owners.fetch_add(1, Ordering::Relaxed);
        let claimed = Record { owner, until: now + LEASE, occurrence: 0, done: false };
        match map.entry(*key.as_bytes()) {
            Entry::Occupied(known) if known.get().done || known.get().until > now => return Ok(false),
            Entry::Occupied(mut known) => {
                known.insert(claimed);
            }
            Entry::Vacant(place) => {
                place.insert(claimed);
            }
        }
        let now = clock.monotonic();
        let mut record = map.get_mut(key.as_bytes()).ok_or("it was claimed")?;
        if record.owner == owner {
            *record = Record { until: now + RETENTION, done: true, ..record.clone() };
        }
        Ok(record.occurrence == 0)
    })
}

/// A cache with a time to live, on its own clock. It has no bound, because a bound would make it forget ids within their
/// retention.
fn cache(clock: &Moved) -> Handle {
    let (clock, owners) = (clock.clone(), AtomicU64::new(0));
    let cache = Cache::<[u8; 16], Record>::builder().time_to_live(RETENTION).build();
    Box::new(move |key| {
        let owner = owners.fetch_add(1, Ordering::Relaxed);
        let claimed = Record { owner, until: clock.monotonic() + LEASE, occurrence: 0, done: false };
        let entry = cache.entry(*key.as_bytes()).or_insert(claimed);
        if !entry.is_fresh() {
            return Ok(false);
        }
        let done = Record { until: clock.monotonic() + RETENTION, done: true, ..entry.into_value() };
        cache.insert(*key.as_bytes(), done);
        Ok(true)
    })
}

/// The memory store never waits.
fn ready<T>(future: impl Future<Output = T>) -> Result<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Ok(value),
        Poll::Pending => Err("the memory store waited".into()),
    }
}
