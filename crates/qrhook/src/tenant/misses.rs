//! A limit on the look-ups that find nothing, which a stranger can cause.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::Limits;

/// The look-ups that may still find nothing: a token bucket. Each look-up takes one, and gives it back if it finds
/// something.
#[derive(Debug)]
pub(super) struct Misses {
    bucket: Mutex<Bucket>,
    capacity: Duration,
    each: Duration,
}

/// Filled with time rather than with tokens, so that nothing is rounded.
#[derive(Debug)]
struct Bucket {
    filled: Duration,
    at: Instant,
}

impl Misses {
    pub(super) fn new(limits: &Limits) -> Self {
        let each = Duration::from_secs(1).checked_div(limits.misses_per_second).unwrap_or(Duration::from_secs(1));
        let capacity = each.saturating_mul(limits.misses);
        Self { bucket: Mutex::new(Bucket { filled: capacity, at: Instant::now() }), capacity, each }
    }

    /// Takes one. Returns `false` if there is none.
    pub(super) fn take(&self) -> bool {
        let mut bucket = self.filled();
        let rest = bucket.filled.checked_sub(self.each);
        if let Some(rest) = rest {
            bucket.filled = rest;
        }
        rest.is_some()
    }

    /// Gives one back.
    pub(super) fn give_back(&self) {
        let mut bucket = self.filled();
        bucket.filled = bucket.filled.saturating_add(self.each).min(self.capacity);
    }

    fn filled(&self) -> MutexGuard<'_, Bucket> {
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let passed = now.saturating_duration_since(bucket.at);
        bucket.filled = bucket.filled.saturating_add(passed).min(self.capacity);
        bucket.at = now;
        bucket
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misses(misses: u32, misses_per_second: u32) -> Misses {
        Misses::new(&Limits { misses, misses_per_second, ..Limits::DEFAULT })
    }

    #[tokio::test(start_paused = true)]
    async fn some_at_once_and_then_so_many_a_second() {
        let misses = misses(3, 10);
        assert_eq!((0..5).filter(|_| misses.take()).count(), 3);
        tokio::time::advance(Duration::from_millis(99)).await;
        assert!(!misses.take());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(misses.take());
        assert!(!misses.take());
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!((0..5).filter(|_| misses.take()).count(), 3, "no more than at first");
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_up_that_finds_something_costs_none() {
        let misses = misses(1, 1);
        for _ in 0..5 {
            assert!(misses.take());
            misses.give_back();
        }
        misses.give_back();
        assert!(misses.take());
        assert!(!misses.take());
    }
}
