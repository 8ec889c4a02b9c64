//! The look-ups under way, so that many requests for one name wait for a single one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio::sync::OnceCell;

/// A look-up under way.
pub(super) type Flight<T> = OnceCell<T>;

type ByName<T> = HashMap<Arc<str>, Arc<Flight<T>>>;

/// The look-ups under way, by the names that they look up.
pub(super) struct Flights<T>(Mutex<ByName<T>>);

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Flights<T> {
    fn by_name(&self) -> MutexGuard<'_, ByName<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores the answer of this look-up, unless a change has overtaken it.
    pub(super) fn land(&self, name: &str, flight: &Weak<Flight<T>>, store: impl FnOnce()) {
        let flights = self.by_name();
        if flights.get(name).is_some_and(|current| Arc::as_ptr(current) == flight.as_ptr()) {
            // Held meanwhile, so that no change falls between.
            store();
        }
    }

    /// Makes a change that a look-up under way does not undo, and for which later requests do not wait.
    pub(super) fn overtake(&self, name: &str, change: impl FnOnce()) {
        let mut flights = self.by_name();
        flights.remove(name);
        change();
    }

    /// Like [`overtake`](Self::overtake), for all names.
    pub(super) fn overtake_all(&self, change: impl FnOnce()) {
        let mut flights = self.by_name();
        flights.clear();
        change();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_name().len()
    }
}

impl<T: Clone> Flights<T> {
    /// Waits for the look-up of this name, or starts it. If the request that runs it goes away, another one continues
    /// with a look-up of its own.
    pub(super) async fn join<F>(&self, name: Arc<str>, look_up: impl FnOnce(Weak<Flight<T>>) -> F) -> T
    where
        F: Future<Output = T>,
    {
        let flight = Arc::clone(self.by_name().entry(Arc::clone(&name)).or_default());
        let weak = Arc::downgrade(&flight);
        let seat = Seat { flights: self, name, flight: Some(flight) };
        match &seat.flight {
            Some(flight) => flight.get_or_init(|| look_up(weak)).await.clone(),
            // A seat has its flight until it is dropped.
            None => look_up(weak).await,
        }
    }
}

/// One of the requests that wait for a look-up.
struct Seat<'a, T> {
    flights: &'a Flights<T>,
    name: Arc<str>,
    flight: Option<Arc<Flight<T>>>,
}

impl<T> Drop for Seat<'_, T> {
    fn drop(&mut self) {
        let mut flights = self.flights.by_name();
        let Some(flight) = self.flight.take() else { return };
        let Some(current) = flights.get(&self.name).filter(|current| Arc::ptr_eq(current, &flight)) else { return };
        // A landed flight takes nobody else along: its answer may be out of date for the next request.
        let has_landed = flight.initialized();
        // Left before the others are counted, so that one of two that leave at once sees that it is the last.
        drop(flight);
        if has_landed || Arc::strong_count(current) == 1 {
            flights.remove(&self.name);
        }
    }
}
