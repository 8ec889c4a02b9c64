//! What the contract needs from whoever brings a store.

use std::{
    fmt::{self, Debug},
    time::Duration,
};

use crate::{
    clock::Clock,
    store::{Store, StoreErrorKind},
    testing::{ManualClock, Step, in_turns, on_threads},
    time::UnixTime,
};

/// How to get at a store, for [`store_contract`](super::store_contract).
///
/// For a store that takes a [`Clock`], [`by_hand`] is enough. The methods may be written as `async fn`.
pub trait Subject {
    /// The store.
    type Store: Store + Debug;

    /// A store without any records.
    fn fresh(&self) -> impl Future<Output = Self::Store>;

    /// Lets time pass for all stores: moves their clock, or sleeps.
    fn pass(&self, time: Duration) -> impl Future<Output = ()>;

    /// How long leases and retentions are in the checks. [`Pace::BY_HAND`] unless changed.
    fn pace(&self) -> Pace {
        Pace::BY_HAND
    }

    /// A store without any records that is full with roughly this many. `None`, the default, for one that is never
    /// full.
    fn small(&self, _ids: usize) -> impl Future<Output = Option<Self::Store>> {
        async { None }
    }

    /// Closes the store and opens it again, as a restart of the program does. `None`, the default, for one that
    /// forgets; one that says it is durable has to be reopened.
    fn reopen(&self, store: Self::Store) -> impl Future<Output = Option<Self::Store>> {
        drop(store);
        async { None }
    }

    /// A second store on the same records, as a second program has it. `None`, the default, for one that serves one
    /// program; one that says it is shared has to have another.
    fn another(&self, _store: &Self::Store) -> impl Future<Output = Option<Self::Store>> {
        async { None }
    }

    /// Stores that cannot reach their servers, each with the error that a step of it has to end with: one whose server
    /// was stopped, one whose server hangs, and what else there is. None, the default, for a store without a server.
    fn unreachable(&self) -> impl Future<Output = Vec<(Self::Store, StoreErrorKind)>> {
        async { Vec::new() }
    }

    /// Sets the wall clock of the program by so many seconds, while no time passes. `false`, the default, for a store
    /// that does not look at it.
    fn jump(&self, _seconds: i64) -> bool {
        false
    }

    /// What must show nowhere, such as the password of the server.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// Takes steps at the same time: in turns on this task unless changed. On several threads, or as several tasks of
    /// a runtime, they meet harder.
    fn together(&self, steps: Vec<Step>) -> impl Future<Output = ()> {
        in_turns(steps)
    }
}

/// How long leases and retentions are in the checks. Stores whose steps take longer than the slack are tried again with
/// all of these times doubled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The lease: more than twice the slack.
    pub lease: Duration,
    /// The retention: longer than the lease and twice the slack.
    pub retention: Duration,
    /// How much later than due a record may end, and how much earlier a check looks for it.
    pub slack: Duration,
    /// How long a step may take that cannot reach its server. It only ends a hang, so it is long.
    pub step: Duration,
}

impl Pace {
    /// For a clock that is moved by hand, or records that are.
    pub const BY_HAND: Self = Self {
        lease: Duration::from_secs(3600),
        retention: Duration::from_secs(24 * 3600),
        slack: Duration::from_secs(600),
        step: Duration::from_secs(120),
    };

    /// For a store on a clock that only sleeping moves. The contract takes more than a minute then.
    pub const REAL: Self = Self {
        lease: Duration::from_secs(2),
        retention: Duration::from_secs(4),
        slack: Duration::from_millis(700),
        ..Self::BY_HAND
    };

    /// For a machine that is half as fast.
    pub(super) fn doubled(self) -> Self {
        let double = |time: Duration| time.saturating_mul(2);
        let Self { lease, retention, slack, step } = self;
        Self { lease: double(lease), retention: double(retention), slack: double(slack), step: double(step) }
    }
}

/// A store that takes a [`Clock`]: each is made with a clock that the contract moves.
pub fn by_hand<S: Store + Debug>(make: impl Fn(ManualClock) -> S + 'static) -> ByHand<S> {
    ByHand {
        make: Box::new(make),
        make_small: None,
        reopen: None,
        another: None,
        clock: ManualClock::at(UnixTime::from_secs(1_778_335_283)),
    }
}

/// A store whose clock is moved by hand. Made by [`by_hand`].
pub struct ByHand<S> {
    make: Box<dyn Fn(ManualClock) -> S>,
    make_small: Option<MakeSmall<S>>,
    reopen: Option<Reopen<S>>,
    another: Option<Another<S>>,
    clock: ManualClock,
}

type MakeSmall<S> = Box<dyn Fn(ManualClock, usize) -> S>;
type Reopen<S> = Box<dyn Fn(ManualClock, S) -> S>;
type Another<S> = Box<dyn Fn(ManualClock, &S) -> S>;

impl<S> ByHand<S> {
    /// Also makes stores that are full with so many records.
    #[must_use]
    pub fn with_small(self, make_small: impl Fn(ManualClock, usize) -> S + 'static) -> Self {
        Self { make_small: Some(Box::new(make_small)), ..self }
    }

    /// Also closes a store and opens it again.
    #[must_use]
    pub fn with_reopen(self, reopen: impl Fn(ManualClock, S) -> S + 'static) -> Self {
        Self { reopen: Some(Box::new(reopen)), ..self }
    }

    /// Also makes a second store on the records of the first.
    #[must_use]
    pub fn with_another(self, another: impl Fn(ManualClock, &S) -> S + 'static) -> Self {
        Self { another: Some(Box::new(another)), ..self }
    }
}

impl<S: Store + Debug> Subject for ByHand<S> {
    type Store = S;

    async fn fresh(&self) -> S {
        (self.make)(self.clock.clone())
    }

    async fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }

    fn jump(&self, seconds: i64) -> bool {
        let now = self.clock.unix().as_secs();
        self.clock.set(UnixTime::from_secs(now.saturating_add(seconds)));
        true
    }

    async fn small(&self, ids: usize) -> Option<S> {
        self.make_small.as_ref().map(|make| make(self.clock.clone(), ids))
    }

    async fn reopen(&self, store: S) -> Option<S> {
        self.reopen.as_ref().map(|reopen| reopen(self.clock.clone(), store))
    }

    async fn another(&self, store: &S) -> Option<S> {
        self.another.as_ref().map(|another| another(self.clock.clone(), store))
    }

    /// A store with a clock of its own needs no runtime, so real threads can meet in it.
    async fn together(&self, steps: Vec<Step>) {
        on_threads(steps);
    }
}

impl<S> fmt::Debug for ByHand<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHand").field("clock", &self.clock).finish_non_exhaustive()
    }
}
