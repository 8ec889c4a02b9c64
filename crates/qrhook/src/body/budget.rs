//! A limit on the bytes of unverified bodies that are held at once.
//!
//! At the limit, the body that has been incomplete for the longest time is dropped in favour of the one that grows. A
//! platform sends a body in milliseconds, so a stranger who keeps many bodies incomplete loses them, and real
//! deliveries still get through.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

/// The bytes that all requests of one verifier hold together. Clones share the count.
#[derive(Clone)]
pub(crate) struct Budget {
    shared: Arc<Shared>,
}

struct Shared {
    limit: usize,
    held: AtomicUsize,
    incomplete: Mutex<Incomplete>,
}

/// The bodies that are waiting for more bytes, oldest first. A waiting body that is missing here was given up.
#[derive(Default)]
struct Incomplete {
    next: u64,
    bodies: BTreeMap<u64, Body>,
}

struct Body {
    bytes: usize,
    waker: Waker,
}

/// The bytes that one request holds.
pub(crate) struct Held {
    shared: Arc<Shared>,
    bytes: usize,
    /// Its place among the incomplete bodies, once it has waited.
    place: Option<u64>,
}

/// The limit is reached, or this body was given up because of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OverBudget;

impl Budget {
    /// 64 MiB.
    pub(crate) const DEFAULT: usize = 64 * 1024 * 1024;

    pub(crate) fn new(limit: usize) -> Self {
        Self { shared: Arc::new(Shared { limit, held: AtomicUsize::new(0), incomplete: Mutex::default() }) }
    }

    pub(crate) fn limit(&self) -> usize {
        self.shared.limit
    }

    /// A request that holds nothing yet.
    pub(crate) fn hold(&self) -> Held {
        Held { shared: Arc::clone(&self.shared), bytes: 0, place: None }
    }
}

impl Held {
    /// Raises the number of bytes held to `bytes`, which must not be fewer than before.
    pub(crate) fn grow_to(&mut self, bytes: usize) -> Result<(), OverBudget> {
        let more = bytes.saturating_sub(self.bytes);
        while !self.shared.take(more) {
            if !self.shared.give_up_the_oldest(self.place) {
                return Err(OverBudget);
            }
        }
        if let Some(place) = self.place {
            let mut incomplete = self.shared.lock();
            let Some(body) = incomplete.bodies.get_mut(&place) else {
                self.shared.held.fetch_sub(more, Ordering::Relaxed);
                return Err(OverBudget);
            };
            body.bytes = bytes;
        }
        self.bytes = bytes;
        Ok(())
    }

    /// Waits until this body is given up. Poll it while the body waits for more bytes.
    pub(crate) fn poll_given_up(&mut self, context: &Context<'_>) -> Poll<OverBudget> {
        let mut incomplete = self.shared.lock();
        match self.place {
            Some(place) => match incomplete.bodies.get_mut(&place) {
                Some(body) => body.waker.clone_from(context.waker()),
                None => return Poll::Ready(OverBudget),
            },
            None => {
                let place = incomplete.next;
                incomplete.next = place.wrapping_add(1);
                incomplete.bodies.insert(place, Body { bytes: self.bytes, waker: context.waker().clone() });
                self.place = Some(place);
            }
        }
        Poll::Pending
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let given_up = self.place.is_some_and(|place| self.shared.lock().bodies.remove(&place).is_none());
        if !given_up {
            self.shared.held.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

impl Shared {
    fn take(&self, bytes: usize) -> bool {
        let within = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.limit);
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).is_ok()
    }

    /// Gives up the body that has waited longest, other than `spared`. Returns `false` when there is none.
    fn give_up_the_oldest(&self, spared: Option<u64>) -> bool {
        let given_up = {
            let mut incomplete = self.lock();
            let mut others = incomplete.bodies.iter().filter(|(place, body)| Some(**place) != spared && body.bytes > 0);
            let oldest = others.next().map(|(place, _)| *place);
            oldest.and_then(|place| incomplete.bodies.remove(&place))
        };
        // Its memory is freed when its task wakes, which happens immediately.
        let Some(Body { bytes, waker }) = given_up else { return false };
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        waker.wake();
        true
    }

    fn lock(&self) -> MutexGuard<'_, Incomplete> {
        self.incomplete.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("limit", &self.shared.limit).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(held: &mut Held) -> Poll<OverBudget> {
        held.poll_given_up(&Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_longest_incomplete_body_makes_room() {
        let budget = Budget::new(10);
        let (mut first, mut second, mut third) = (budget.hold(), budget.hold(), budget.hold());
        assert_eq!(first.grow_to(4), Ok(()));
        assert_eq!(second.grow_to(4), Ok(()));
        assert_eq!((wait(&mut first), wait(&mut second)), (Poll::Pending, Poll::Pending));
        assert_eq!(third.grow_to(6), Ok(()), "the first one is given up for it");
        assert_eq!((wait(&mut first), wait(&mut second)), (Poll::Ready(OverBudget), Poll::Pending));
        assert_eq!(first.grow_to(5), Err(OverBudget));
        drop((first, second, third));
        assert_eq!(budget.shared.held.load(Ordering::Relaxed), 0, "nothing is counted twice or left over");
        assert!(budget.shared.lock().bodies.is_empty());
    }

    #[test]
    fn a_body_that_waits_for_nothing_is_not_given_up() {
        let budget = Budget::new(10);
        let (mut complete, mut next) = (budget.hold(), budget.hold());
        assert_eq!(complete.grow_to(10), Ok(()));
        assert_eq!(next.grow_to(1), Err(OverBudget));
        drop(complete);
        assert_eq!(next.grow_to(10), Ok(()));
    }

    #[test]
    fn a_body_makes_no_room_for_itself() {
        let budget = Budget::new(10);
        let mut only = budget.hold();
        assert_eq!(only.grow_to(8), Ok(()));
        assert_eq!(wait(&mut only), Poll::Pending);
        assert_eq!(only.grow_to(11), Err(OverBudget));
        assert_eq!(only.grow_to(10), Ok(()));
        assert_eq!(wait(&mut only), Poll::Pending);
    }
}
