use std::time::Duration;

use super::*;
use crate::{
    UnixTime,
    testing::{ManualClock, block_on, by_hand, store_contract},
};

const LEASE: Duration = Duration::from_secs(30);
const RETENTION: Duration = Duration::from_secs(3600);

#[test]
fn keeps_the_contract() {
    let subject = by_hand(|clock| MemoryStore::new().with_clock(clock))
        .with_small(|clock, ids| MemoryStore::new().with_clock(clock).with_max_ids(ids));
    block_on(store_contract(&subject));
}

fn store(capacity: usize) -> (MemoryStore, ManualClock) {
    let clock = ManualClock::at(UnixTime::from_secs(1_778_335_283));
    (MemoryStore::new().with_max_ids(capacity).with_clock(clock.clone()), clock)
}

fn key(id: usize) -> Key {
    Key::new("qrstudio", "crm-sync", &id.to_be_bytes())
}

fn terms() -> Terms {
    Terms::new(LEASE, RETENTION, 0).unwrap()
}

fn claim(store: &MemoryStore, id: usize) -> Claim {
    match block_on(store.claim(&key(id), &terms())) {
        Ok(Outcome::Acquired(claim)) => claim,
        other => panic!("{id}: {other:?}"),
    }
}

fn handle(store: &MemoryStore, id: usize) -> Claim {
    let claim = claim(store, id);
    assert_eq!(block_on(store.commit(&claim)).unwrap(), Settled::Applied);
    claim
}

#[test]
fn counts_each_id_once_on_every_path() {
    let (store, clock) = store(100);
    let first = claim(&store, 1);
    assert_eq!(store.held(), 1, "a claim");
    assert_eq!(block_on(store.claim(&key(1), &terms())).unwrap(), Outcome::InFlight);
    assert_eq!(store.held(), 1, "a claim in flight");
    clock.advance(LEASE);
    let second = claim(&store, 1);
    assert_eq!(store.held(), 1, "a takeover");
    assert_eq!(block_on(store.commit(&first)).unwrap(), Settled::Lost);
    assert_eq!(block_on(store.release(&first)).unwrap(), Settled::Lost);
    assert_eq!(store.held(), 1, "attempts by an old owner");
    assert_eq!(block_on(store.commit(&second)).unwrap(), Settled::Applied);
    assert_eq!(block_on(store.commit(&second)).unwrap(), Settled::Applied);
    assert_eq!(block_on(store.release(&second)).unwrap(), Settled::Lost);
    assert_eq!(store.held(), 1, "commits and a release after them");

    let other = claim(&store, 2);
    assert_eq!(store.held(), 2, "another id");
    assert_eq!(block_on(store.release(&other)).unwrap(), Settled::Applied);
    assert_eq!(block_on(store.release(&other)).unwrap(), Settled::Applied);
    assert_eq!(store.held(), 1, "two releases");

    clock.advance(RETENTION + Duration::from_secs(1));
    handle(&store, 1);
    block_on(store.sweep(usize::MAX)).unwrap();
    assert_eq!(store.held(), 1, "an id handled again after its retention");
    clock.advance(RETENTION + Duration::from_secs(1));
    assert_eq!(block_on(store.sweep(usize::MAX)).unwrap(), 1);
    assert_eq!(store.held(), 0, "a sweep");
}

#[test]
fn forgets_an_abandoned_claim_a_retention_after_its_lease() {
    let (store, clock) = store(100);
    claim(&store, 1);
    clock.advance(LEASE + RETENTION - Duration::from_secs(1));
    assert_eq!(block_on(store.sweep(usize::MAX)).unwrap(), 0);
    clock.advance(Duration::from_secs(1));
    assert_eq!(block_on(store.sweep(usize::MAX)).unwrap(), 1);
    assert_eq!(store.held(), 0);
}

#[test]
fn holds_exactly_as_many_ids_as_it_may() {
    let (store, clock) = store(10);
    for id in 0..10 {
        handle(&store, id);
    }
    let refused = block_on(store.claim(&key(10), &terms())).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Full);
    let known = block_on(store.claim(&key(3), &terms())).unwrap();
    assert_eq!((known, store.held()), (Outcome::Done { same_occurrence: true }, 10));

    // No explicit sweep is needed: the claim that finds the store full sweeps.
    clock.advance(RETENTION + Duration::from_secs(1));
    claim(&store, 10);
    assert!(store.held() < 10, "{}", store.held());
}

#[test]
fn a_release_makes_room_in_a_full_store() {
    let (store, _) = store(1);
    let first = claim(&store, 1);
    assert_eq!(block_on(store.claim(&key(2), &terms())).unwrap_err().kind(), StoreErrorKind::Full);
    block_on(store.release(&first)).unwrap();
    claim(&store, 2);
}

#[test]
fn bounded_sweeps_get_round_to_every_id() {
    let (store, clock) = store(10_000);
    for id in 0..5000 {
        handle(&store, id);
    }
    clock.advance(RETENTION + Duration::from_secs(1));
    let mut sweeps = 0;
    while store.held() > 0 {
        block_on(store.sweep(100)).unwrap();
        sweeps += 1;
        assert!(sweeps < 10_000, "{} ids are never swept", store.held());
    }
}

#[test]
fn a_sweep_without_a_limit_leaves_nothing() {
    let (store, clock) = store(10_000);
    for id in 0..5000 {
        handle(&store, id);
    }
    clock.advance(RETENTION + Duration::from_secs(1));
    assert_eq!(block_on(store.sweep(usize::MAX)).unwrap(), 5000);
    assert_eq!(store.held(), 0);
}

#[test]
fn claims_alone_keep_up_with_forgetting() {
    let (store, clock) = store(100_000);
    for id in 0..20_000 {
        handle(&store, id);
        clock.advance(RETENTION / 1000);
    }
    assert!(store.held() < 3000, "{}", store.held());
}

#[test]
fn shows_no_ids() {
    let (store, _) = store(7);
    assert_eq!(format!("{store:?}"), "MemoryStore { held: 0, max_ids: 7, .. }");
}

/// Records hold whole seconds. That must not shorten a retention.
#[test]
fn a_fraction_of_a_second_is_rounded_up() {
    let (store, clock) = store(100);
    clock.advance(Duration::from_millis(900));
    handle(&store, 1);
    clock.advance(RETENTION - Duration::from_millis(1));
    assert_eq!(block_on(store.claim(&key(1), &terms())).unwrap(), Outcome::Done { same_occurrence: true });
    clock.advance(Duration::from_secs(1));
    claim(&store, 1);
}

/// A program's subscriber may be slow, or may itself use the store.
#[test]
fn logs_without_a_lock() {
    struct UsesTheStore(Arc<MemoryStore>, AtomicUsize);

    impl tracing::Subscriber for UsesTheStore {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::Id {
            tracing::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::Id, _: &tracing::span::Record<'_>) {}

        fn record_follows_from(&self, _: &tracing::Id, _: &tracing::Id) {}

        fn event(&self, _: &tracing::Event<'_>) {
            self.1.fetch_add(1, Ordering::SeqCst);
            let (store, (sender, done)) = (Arc::clone(&self.0), std::sync::mpsc::channel());
            std::thread::spawn(move || {
                for id in 0..SHARDS * 4 {
                    let _ = block_on(store.claim(&key(id), &terms()));
                }
                sender.send(()).unwrap();
            });
            assert_eq!(done.recv_timeout(Duration::from_secs(60)), Ok(()), "a lock is held");
        }

        fn enter(&self, _: &tracing::Id) {}

        fn exit(&self, _: &tracing::Id) {}
    }

    let store = Arc::new(MemoryStore::new().with_max_ids(5));
    let subscriber = Arc::new(UsesTheStore(Arc::clone(&store), AtomicUsize::new(0)));
    tracing::subscriber::with_default(Arc::clone(&subscriber), || {
        for id in 0..4 {
            claim(&store, id);
        }
    });
    assert_eq!(subscriber.1.load(Ordering::SeqCst), 1, "the warning at 80 %");
}

#[test]
fn the_shards_grow_one_after_another() {
    let mut sizes = [0_usize; SHARDS];
    SHARD_OF.iter().for_each(|&shard| sizes[usize::from(shard)] += 1);
    assert!(sizes.iter().all(|size| (6..=10).contains(size)), "{sizes:?}");
    // The bytes per id are about the same for any number of ids.
    let bytes = |ids: usize| {
        let places = |size: usize| {
            let needed = ids * size / 1024 * 4 / 3;
            std::iter::successors(Some(8_usize), |places| Some((places * 3).div_ceil(2)))
                .find(|places| *places >= needed)
        };
        sizes.iter().map(|size| places(*size).unwrap()).sum::<usize>() * size_of::<Done>() / ids
    };
    for ids in (100_000..10_000_000).step_by(100_000) {
        assert!((43..=49).contains(&bytes(ids)), "{ids}: {} bytes an id", bytes(ids));
    }
}

#[test]
fn the_share_of_its_ids_in_use_is_known() {
    let store = MemoryStore::new().with_max_ids(4);
    assert_eq!(store.fullness(), Some(0.0));
    store
        .claim_now(
            &Key::new("sender", "endpoint", b"1"),
            &Terms::new(std::time::Duration::from_secs(30), std::time::Duration::from_secs(3600), 0).unwrap(),
        )
        .unwrap();
    assert_eq!(store.fullness(), Some(0.25));
    assert_eq!(Arc::new(store).fullness(), Some(0.25), "through a pointer");
    assert_eq!(MemoryStore::new().with_max_ids(0).fullness(), Some(0.0));
}
