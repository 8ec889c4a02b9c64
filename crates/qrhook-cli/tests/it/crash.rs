//! A receiver that is killed while it works.

use std::{
    collections::BTreeMap,
    fs::File,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::support::{Listen, PATIENCE, SECRETS, ids, scan};

#[test]
fn nothing_acknowledged_runs_again_and_nothing_else_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    // With leases that are short enough for a test.
    let start = |output| {
        let file = File::options().create(true).append(true).open(folder.path().join(output)).unwrap();
        Listen::spawn_impatient(folder.path(), &[], &SECRETS, file.into())
    };
    let mut listen = start("before");
    let (sent, acknowledged) = (Mutex::new(BTreeMap::new()), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for sender in 0..32 {
            let (listen, sent, acknowledged) = (&listen, &sent, &acknowledged);
            scope.spawn(move || {
                for count in 0.. {
                    let id = format!("evt_{sender}_{count}");
                    let status = listen.qrstudio(&scan(&id));
                    sent.lock().unwrap().insert(id, status);
                    if status.is_none() {
                        return;
                    }
                    acknowledged.fetch_add(usize::from(status == Some(200)), Ordering::SeqCst);
                }
            });
        }
        let started = Instant::now();
        while acknowledged.load(Ordering::SeqCst) < 500 {
            assert!(started.elapsed() < PATIENCE, "{}", listen.stderr());
            std::thread::sleep(Duration::from_millis(1));
        }
        listen.signal("-KILL");
    });
    listen.ended();
    let sent = sent.into_inner().unwrap();
    assert!(sent.values().all(|status| matches!(status, None | Some(200 | 503))), "{sent:?}");

    // A platform repeats each unacknowledged event; here every event is repeated.
    let listen = start("after");
    let mut left: Vec<_> = sent.keys().collect();
    let started = Instant::now();
    while !left.is_empty() {
        assert!(started.elapsed() < PATIENCE, "still in flight, though every lease is over: {left:?}");
        left.retain(|id| match listen.qrstudio(&scan(id)) {
            Some(200) => false,
            Some(503) => true,
            other => panic!("{id}: {other:?}"),
        });
        std::thread::sleep(Duration::from_millis(200));
    }
    let printed = |file| {
        let mut counts = BTreeMap::<_, usize>::new();
        ids(&folder.path().join(file)).into_iter().for_each(|id| *counts.entry(id).or_default() += 1);
        counts
    };
    let (before, after) = (printed("before"), printed("after"));
    for (id, status) in &sent {
        let counts = (before.get(id).copied().unwrap_or(0), after.get(id).copied().unwrap_or(0));
        match status {
            Some(200) => assert_eq!(counts, (1, 0), "{id} was acknowledged"),
            // An event that was printed but not acknowledged may come again.
            _ => assert!(matches!(counts, (0, 1) | (1, 0) | (1, 1)), "{id} was not acknowledged: {counts:?}"),
        }
    }
}
