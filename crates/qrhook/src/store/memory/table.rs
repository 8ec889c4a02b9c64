//! Handled ids, in the order of their hashes.
//!
//! A record is at the place given by its hash or shortly after it, so one memory access finds it. With millions of ids,
//! memory access takes most of the time. The order is the same at every size, so a table that grows is read and written
//! from front to back.

use std::time::Duration;

use crate::store::{Claim, Key, Owner};

/// The number of places in the smallest table.
const SMALLEST: usize = 8;

#[derive(Default)]
pub(super) struct Table {
    /// At most three quarters are taken, so every search ends at a vacant place.
    slots: Vec<Done>,
    held: usize,
}

/// A handled id. Kept small: a store holds millions of them.
#[derive(Clone, Copy)]
pub(super) struct Done {
    pub(super) key: Key,
    /// In seconds of the store's clock, rounded up. Never 0, which marks a vacant place.
    pub(super) retain_until: u32,
    pub(super) occurrence: u32,
    /// The last bytes of the owner, which distinguish a repeated commit from a late one.
    pub(super) owner: u32,
}

impl Table {
    pub(super) fn get(&self, key: &Key) -> Option<&Done> {
        let found = self.find(key).ok()?;
        self.slots.get(found)
    }

    /// Adds a record, or replaces the one with this id. Returns whether the id is new.
    pub(super) fn insert(&mut self, done: Done) -> bool {
        let found = self.find(&done.key);
        let place = match found {
            Ok(known) => known,
            Err(_) if self.is_full() => {
                self.grow();
                self.find(&done.key).unwrap_or_else(|free| free)
            }
            Err(free) => free,
        };
        self.slots[place] = done;
        self.held = self.held.saturating_add(usize::from(found.is_err()));
        found.is_err()
    }

    /// The number of places, taken or vacant.
    pub(super) fn places(&self) -> usize {
        self.slots.len()
    }

    /// The record at a place.
    pub(super) fn at(&self, place: usize) -> Option<&Done> {
        self.slots.get(place).filter(|slot| !slot.is_vacant())
    }

    /// Removes the record at a place. A later one may move there.
    pub(super) fn remove(&mut self, place: usize) {
        let (mut free, mut place) = (place, place);
        loop {
            place = self.after(place);
            let slot = self.slots[place];
            if slot.is_vacant() {
                break;
            }
            // A record must not move to a place before its home, where the search for it begins.
            if self.distance(self.home(&slot.key), place) >= self.distance(free, place) {
                self.slots[free] = slot;
                free = place;
            }
        }
        self.slots[free] = Done::VACANT;
        self.held = self.held.saturating_sub(1);
    }

    /// Finds the place of a key, or else the free place where it belongs.
    fn find(&self, key: &Key) -> Result<usize, usize> {
        let mut place = self.home(key);
        while let Some(slot) = self.at(place) {
            if slot.key == *key {
                return Ok(place);
            }
            place = self.after(place);
        }
        Err(place)
    }

    /// The place at which the search for a key begins.
    fn home(&self, key: &Key) -> usize {
        let [places, hash] = [u128::try_from(self.slots.len()).unwrap_or_default(), hash(key).into()];
        usize::try_from(places.wrapping_mul(hash) >> 64).unwrap_or_default()
    }

    fn after(&self, place: usize) -> usize {
        let next = place.saturating_add(1);
        if next < self.slots.len() { next } else { 0 }
    }

    /// The distance from one place to another, going forward and wrapping around.
    fn distance(&self, from: usize, to: usize) -> usize {
        let round = if to < from { self.slots.len() } else { 0 };
        to.wrapping_add(round).wrapping_sub(from)
    }

    fn is_full(&self) -> bool {
        self.held.saturating_add(1).saturating_mul(4) > self.slots.len().saturating_mul(3)
    }

    fn grow(&mut self) {
        let places = self.slots.len().saturating_mul(3).div_ceil(2).max(SMALLEST);
        let old = std::mem::replace(&mut self.slots, vec![Done::VACANT; places]);
        for done in old.into_iter().filter(|slot| !slot.is_vacant()) {
            if let Err(free) = self.find(&done.key) {
                self.slots[free] = done;
            }
        }
    }
}

impl Done {
    pub(super) const VACANT: Self = Self { key: Key::from_bytes([0; 16]), retain_until: 0, occurrence: 0, owner: 0 };

    pub(super) const fn is_vacant(&self) -> bool {
        self.retain_until == 0
    }

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
pub(super) fn hash(key: &Key) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *key.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

pub(super) fn tag(owner: Owner) -> u32 {
    let [.., a, b, c, d] = *owner.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    /// Uses few homes, so that many ids are far from theirs and wrap around the end.
    fn key(id: u8) -> Key {
        let near_the_end = if id.is_multiple_of(3) { [0xff; 7] } else { [id % 5; 7] };
        let bytes = near_the_end.into_iter().chain([id; 9]).collect::<Vec<_>>();
        Key::from_bytes(bytes.try_into().unwrap())
    }

    fn done(id: u8, occurrence: u32) -> Done {
        Done { key: key(id), retain_until: 1, occurrence, owner: 0 }
    }

    proptest! {
        #[test]
        fn holds_what_a_map_holds(steps in prop::collection::vec((any::<u8>(), any::<bool>()), 0..600)) {
            let (mut table, mut map) = (Table::default(), HashMap::new());
            for (number, (id, inserts)) in (0..).zip(steps) {
                if inserts {
                    prop_assert_eq!(table.insert(done(id, number)), map.insert(id, number).is_none());
                } else if let Ok(place) = table.find(&key(id)) {
                    prop_assert!(map.remove(&id).is_some());
                    table.remove(place);
                }
                prop_assert!(table.held.saturating_mul(4) <= table.places().saturating_mul(3));
            }
            prop_assert_eq!(table.held, map.len());
            for id in 0..=u8::MAX {
                let held = table.get(&key(id));
                prop_assert_eq!(held.map(|done| done.occurrence), map.get(&id).copied());
            }
            let places = (0..table.places()).filter(|place| table.at(*place).is_some());
            prop_assert_eq!(places.count(), map.len(), "each stands in one place");
        }
    }
}
