//! One lock's worth of the memory store.

use std::time::Duration;

use hashbrown::{
    HashTable,
    hash_table::{Entry, OccupiedEntry},
};

use crate::store::{Claim, Key, Owner};

#[derive(Default)]
pub(super) struct Shard {
    claimed: HashTable<Claimed>,
    done: HashTable<Done>,
    /// Where the next sweep goes on.
    hand: usize,
}

pub(super) struct Claimed {
    key: Key,
    owner: Owner,
    pub(super) lease_until: Duration,
    forget_at: Duration,
}

/// A handled id. Kept small: a store holds millions of them.
pub(super) struct Done {
    key: Key,
    /// In seconds of the store's clock, rounded up.
    retain_until: u32,
    pub(super) occurrence: u32,
    /// The last bytes of the owner, so that a repeated commit can be told from a late one.
    pub(super) owner: u32,
}

impl Shard {
    pub(super) fn find_done(&self, key: &Key, now: Duration) -> Option<&Done> {
        self.done.find(hash(key), |done| done.key == *key).filter(|done| !done.is_over(now))
    }

    pub(super) fn claimed_entry(&mut self, key: &Key) -> Entry<'_, Claimed> {
        self.claimed.entry(hash(key), |claimed| claimed.key == *key, |claimed| hash(&claimed.key))
    }

    pub(super) fn done_entry(&mut self, key: &Key) -> Entry<'_, Done> {
        self.done.entry(hash(key), |done| done.key == *key, |done| hash(&done.key))
    }

    /// Removes this claim, if it is still this owner's.
    pub(super) fn take(&mut self, claim: &Claim) -> bool {
        let ours = |claimed: &Claimed| claimed.key == *claim.key() && claimed.owner == claim.owner();
        self.claimed.find_entry(hash(claim.key()), ours).map(OccupiedEntry::remove).is_ok()
    }

    pub(super) fn knows(&self, key: &Key, now: Duration) -> bool {
        self.claimed.find(hash(key), |claimed| claimed.key == *key).is_some() || self.find_done(key, now).is_some()
    }

    pub(super) fn places(&self) -> usize {
        self.claimed.num_buckets().saturating_add(self.done.num_buckets())
    }

    /// Looks at the next places, round and round, and forgets what is over. Needs no list of what ends when.
    pub(super) fn sweep(&mut self, places: usize, now: Duration) -> usize {
        let mut swept = 0_usize;
        for _ in 0..places {
            let place = self.hand;
            let claimed = self.claimed.num_buckets();
            self.hand = if place.saturating_add(1) < self.places() { place.saturating_add(1) } else { 0 };
            let is_over = match place.checked_sub(claimed) {
                None => self.claimed.get_bucket(place).is_some_and(|claimed| claimed.forget_at <= now),
                Some(place) => self.done.get_bucket(place).is_some_and(|done| done.is_over(now)),
            };
            if is_over {
                let removed = match place.checked_sub(claimed) {
                    None => self.claimed.get_bucket_entry(place).map(OccupiedEntry::remove).is_ok(),
                    Some(place) => self.done.get_bucket_entry(place).map(OccupiedEntry::remove).is_ok(),
                };
                swept = swept.saturating_add(usize::from(removed));
            }
        }
        swept
    }
}

impl Claimed {
    pub(super) fn by(claim: &Claim, now: Duration) -> Self {
        let lease_until = now.saturating_add(claim.terms().lease());
        // A late commit may still find it; a claim that nobody settles is forgotten with the retention.
        let forget_at = lease_until.saturating_add(claim.terms().retention());
        Self { key: *claim.key(), owner: claim.owner(), lease_until, forget_at }
    }
}

impl Done {
    pub(super) fn by(claim: &Claim, now: Duration) -> Self {
        let until = now.saturating_add(claim.terms().retention()).as_secs().saturating_add(1);
        Self {
            key: *claim.key(),
            retain_until: u32::try_from(until).unwrap_or(u32::MAX),
            occurrence: claim.terms().occurrence(),
            owner: tag(claim.owner()),
        }
    }

    pub(super) fn is_over(&self, now: Duration) -> bool {
        u64::from(self.retain_until) <= now.as_secs()
    }
}

/// A key is a digest already.
fn hash(key: &Key) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *key.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

pub(super) fn tag(owner: Owner) -> u32 {
    let [.., a, b, c, d] = *owner.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}
