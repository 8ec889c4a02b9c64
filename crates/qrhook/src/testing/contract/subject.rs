//! The store under test, as the contract needs it.

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

/// A store under test. It tells [`store_contract`](super::store_contract) how to make stores and let time pass.
///
/// For a store that takes a [`Clock`], [`by_hand`] is enough. The methods can be written as `async fn`.
pub trait Subject {
    /// The store.
    type Store: Store + Debug;

    /// Makes a store without any records.
    fn fresh(&self) -> impl Future<Output = Self::Store>;

    /// Lets time pass for all stores, by moving their clock or by sleeping.
    fn pass(&self, time: Duration) -> impl Future<Output = ()>;

    /// The lengths of leases and retentions in the checks. The default is [`Pace::BY_HAND`].
    fn pace(&self) -> Pace {
        Pace::BY_HAND
    }

    /// Makes an empty store that is full at roughly `ids` records. Returns `None`, the default, for a
    /// store that is never full.
    fn small(&self, _ids: usize) -> impl Future<Output = Option<Self::Store>> {
        async { None }
    }

    /// Closes the store and opens it again, as a restart of the program does. Returns `None`, the default, for a store
    /// that does not survive a restart; a store that reports that it is durable must be reopened.
    fn reopen(&self, store: Self::Store) -> impl Future<Output = Option<Self::Store>> {
        drop(store);
        async { None }
    }

    /// Makes a second store on the same records, as in a second program. Returns `None`, the default, for a store that
    /// serves one program; a store that reports that it is shared must have another.
    fn another(&self, _store: &Self::Store) -> impl Future<Output = Option<Self::Store>> {
        async { None }
    }

    /// Makes stores that cannot reach their servers, each with the kind of error that its steps must end with: one
    /// whose server was stopped, one whose server hangs, and any other cases. The default, for a store without a
    /// server, is empty.
    fn unreachable(&self) -> impl Future<Output = Vec<(Self::Store, StoreErrorKind)>> {
        async { Vec::new() }
    }

    /// Moves the program's wall clock by this many seconds while no time passes. Returns `false`, the default, for a
    /// store that does not use the wall clock.
    fn jump(&self, _seconds: i64) -> bool {
        false
    }

    /// Strings that must never be shown, such as the server's password.
    fn secrets(&self) -> Vec<String> {
        Vec::new()
    }

    /// Runs steps at the same time, by default in turns on this task. Several threads or tasks of a runtime make a
    /// harder test.
    fn together(&self, steps: Vec<Step>) -> impl Future<Output = ()> {
        in_turns(steps)
    }
}

/// The lengths of leases and retentions in the checks. A rule that fails when its steps took longer than the slack is
/// tried again with all of these times doubled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The lease, which must be more than twice the slack.
    pub lease: Duration,
    /// The retention, which must be longer than the lease plus twice the slack.
    pub retention: Duration,
    /// The tolerance: a record may expire this much late, and checks look at it this long before it expires.
    pub slack: Duration,
    /// The time within which a step that cannot reach its server must end. It only ends a hang, so it is long.
    pub step: Duration,
}

impl Pace {
    /// For a store with a clock or with records that are moved by hand.
    pub const BY_HAND: Self = Self {
        lease: Duration::from_secs(3600),
        retention: Duration::from_secs(24 * 3600),
        slack: Duration::from_secs(600),
        step: Duration::from_secs(120),
    };

    /// For a store on a real clock, where [`Subject::pass`] sleeps. The contract then takes more than a minute.
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

/// The subject for a store that takes a [`Clock`]: each store is made with a clock that the contract moves.
pub fn by_hand<S: Store + Debug>(make: impl Fn(ManualClock) -> S + 'static) -> ByHand<S> {
    ByHand {
        make: Box::new(make),
        make_small: None,
        reopen: None,
        another: None,
        clock: ManualClock::at(UnixTime::from_secs(1_778_335_283)),
    }
}

/// The subject for a store whose clock is moved by hand. Made by [`by_hand`].
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
    /// Also makes stores that are full with roughly the given number of records.
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

    /// A store on this clock needs no runtime, so real threads can use it at once.
    async fn together(&self, steps: Vec<Step>) {
        on_threads(steps);
    }
}

impl<S> fmt::Debug for ByHand<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByHand").field("clock", &self.clock).finish_non_exhaustive()
    }
}
