//! A token bucket, for work that a stranger can cause.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// A limit on bursts and on the rate.
#[derive(Debug)]
pub(crate) struct Bucket {
    level: Mutex<Level>,
    capacity: Duration,
    each: Duration,
}

/// Filled with time rather than with tokens, so that nothing is rounded.
#[derive(Debug)]
struct Level {
    filled: Duration,
    at: Instant,
}

impl Bucket {
    /// A full bucket. It is refilled with at least one a second.
    pub(crate) fn new(capacity: u32, per_second: u32) -> Self {
        let each = Duration::from_secs(1).checked_div(per_second).unwrap_or(Duration::from_secs(1));
        let capacity = each.saturating_mul(capacity);
        Self { level: Mutex::new(Level { filled: capacity, at: Instant::now() }), capacity, each }
    }

    /// Takes one. Returns `false` if there is none.
    pub(crate) fn take(&self) -> bool {
        let mut level = self.level();
        let rest = level.filled.checked_sub(self.each);
        if let Some(rest) = rest {
            level.filled = rest;
        }
        rest.is_some()
    }

    /// Gives one back.
    pub(crate) fn give_back(&self) {
        let mut level = self.level();
        level.filled = level.filled.saturating_add(self.each).min(self.capacity);
    }

    fn level(&self) -> MutexGuard<'_, Level> {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let passed = now.saturating_duration_since(level.at);
        level.filled = level.filled.saturating_add(passed).min(self.capacity);
        level.at = now;
        level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn some_at_once_and_then_so_many_a_second() {
        let bucket = Bucket::new(3, 10);
        assert_eq!((0..5).filter(|_| bucket.take()).count(), 3);
        tokio::time::advance(Duration::from_millis(99)).await;
        assert!(!bucket.take());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(bucket.take());
        assert!(!bucket.take());
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!((0..5).filter(|_| bucket.take()).count(), 3, "no more than at first");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_given_back_can_be_taken_again() {
        let bucket = Bucket::new(1, 1);
        for _ in 0..5 {
            assert!(bucket.take());
            bucket.give_back();
        }
        bucket.give_back();
        assert!(bucket.take());
        assert!(!bucket.take());
    }
}
