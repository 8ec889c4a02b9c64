//! The steps of a sequence.

use proptest::{collection::vec, prelude::*, sample::Index};

/// One step. Durations are in seconds.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Claims one of a few events.
    Claim { event: u8, lease: u64, retention: u64, occurrence: u32 },
    /// Commits one of the claims acquired before.
    Commit { claim: Index },
    /// Releases one of the claims acquired before.
    Release { claim: Index },
    /// Sweeps.
    Sweep { limit: usize },
    /// Lets time pass.
    Pass { seconds: u64 },
    /// Closes the store and opens it again, if it is durable.
    Reopen,
}

/// Steps run at whole multiples of this many seconds, and leases and retentions end between them: a store on a real clock
/// is ahead of the model by the time that the steps take.
const GRID: u64 = 3600;

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let off_the_grid = |seconds: u64| seconds.saturating_mul(GRID).saturating_add(GRID / 2);
    let lease = (0_u64..4).prop_map(off_the_grid);
    let retention = prop::sample::select(vec![0_u64, 2, 10, 30]).prop_map(off_the_grid);
    let step = prop_oneof![
        6 => (0_u8..3, lease, retention, 0_u32..2).prop_map(|(event, lease, retention, occurrence)| Step::Claim {
            event,
            lease,
            retention,
            occurrence,
        }),
        4 => any::<Index>().prop_map(|claim| Step::Commit { claim }),
        2 => any::<Index>().prop_map(|claim| Step::Release { claim }),
        1 => prop::sample::select(vec![0, 1, 2, 100, usize::MAX]).prop_map(|limit| Step::Sweep { limit }),
        3 => prop::sample::select(vec![1_u64, 2, 5, 20, 50])
            .prop_map(|units| Step::Pass { seconds: units.saturating_mul(GRID) }),
        1 => Just(Step::Reopen),
    ];
    vec(step, 1..60)
}
