//! The part of the memory store under one lock.

use std::time::Duration;

use hashbrown::{
    HashTable,
    hash_table::{Entry, OccupiedEntry},
};

use super::table::{Done, Table, hash};
use crate::store::{Claim, Key, Owner};

#[derive(Default)]
pub(super) struct Shard {
    claimed: HashTable<Claimed>,
    done: Table,
    /// The place at which the next sweep continues.
    hand: usize,
    claims: usize,
}

pub(super) struct Claimed {
    key: Key,
    owner: Owner,
    pub(super) lease_until: Duration,
    forget_at: Duration,
}

impl Shard {
    pub(super) fn find_done(&self, key: &Key, now: Duration) -> Option<&Done> {
        self.done.get(key).filter(|done| !done.is_over(now))
    }

    pub(super) fn claimed_entry(&mut self, key: &Key) -> Entry<'_, Claimed> {
        self.claimed.entry(hash(key), |claimed| claimed.key == *key, |claimed| hash(&claimed.key))
    }

    /// Inserts a record, and returns whether its id is new. A record past its retention may still be there if no sweep
    /// has reached it yet.
    pub(super) fn remember(&mut self, done: Done) -> bool {
        self.done.insert(done)
    }

    /// Removes this claim if its owner still holds it. Returns whether it did.
    pub(super) fn take(&mut self, claim: &Claim) -> bool {
        let ours = |claimed: &Claimed| claimed.key == *claim.key() && claimed.owner == claim.owner();
        self.claimed.find_entry(hash(claim.key()), ours).map(OccupiedEntry::remove).is_ok()
    }

    pub(super) fn knows(&self, key: &Key, now: Duration) -> bool {
        self.claimed.find(hash(key), |claimed| claimed.key == *key).is_some() || self.find_done(key, now).is_some()
    }

    pub(super) fn places(&self) -> usize {
        self.claimed.num_buckets().saturating_add(self.done.places())
    }

    /// Counts a claim, and returns whether it must sweep.
    pub(super) fn is_sweep_due(&mut self) -> bool {
        self.claims = self.claims.wrapping_add(1);
        self.claims.is_multiple_of(super::CLAIMS_OF_A_SWEEP)
    }

    /// Checks the next places, wrapping around at the end, and forgets the expired records. No list sorted by expiry is
    /// needed.
    pub(super) fn sweep(&mut self, places: usize, now: Duration) -> usize {
        let (mut looked, mut swept) = (0_usize, 0_usize);
        // A place whose record was removed does not count as looked at, because another record may have moved there. It
        // still counts towards the limit.
        while looked < places && swept < places {
            looked = looked.saturating_add(1);
            let place = if self.hand < self.places() { self.hand } else { 0 };
            self.hand = place.saturating_add(1);
            match place.checked_sub(self.claimed.num_buckets()) {
                None => {
                    let is_over = self.claimed.get_bucket(place).is_some_and(|claimed| claimed.forget_at <= now);
                    if is_over && self.claimed.get_bucket_entry(place).map(OccupiedEntry::remove).is_ok() {
                        swept = swept.saturating_add(1);
                    }
                }
                Some(done) => {
                    if self.done.at(done).is_some_and(|done| done.is_over(now)) {
                        self.done.remove(done);
                        swept = swept.saturating_add(1);
                        looked = looked.saturating_sub(1);
                        self.hand = place;
                    }
                }
            }
        }
        swept
    }
}

impl Claimed {
    pub(super) fn by(claim: &Claim, now: Duration) -> Self {
        let lease_until = now.saturating_add(claim.terms().lease());
        // A late commit may still need it, so a claim that is never settled is kept for the retention as well.
        let forget_at = lease_until.saturating_add(claim.terms().retention());
        Self { key: *claim.key(), owner: claim.owner(), lease_until, forget_at }
    }
}
