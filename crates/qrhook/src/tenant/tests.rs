use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, task::JoinSet, time::advance};

use super::{tenants::SourceFailed, *};
use crate::{Head, SecretError};

/// A table of tenants in a database that can fail.
#[derive(Clone, Default)]
struct Database {
    rows: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
    fails: Arc<Mutex<bool>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Database {
    fn of(rows: &[(&'static str, &'static str)]) -> Self {
        Self { rows: Arc::new(Mutex::new(rows.to_vec())), ..Self::default() }
    }

    fn set(&self, rows: &[(&'static str, &'static str)]) {
        *self.rows.lock().unwrap() = rows.to_vec();
    }

    fn fail(&self, fails: bool) {
        *self.fails.lock().unwrap() = fails;
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn tenants(&self, limits: Limits) -> Tenants {
        let this = self.clone();
        Tenants::limited(limits, move |name| {
            this.asked.lock().unwrap().push(name.to_string());
            let row = this.rows.lock().unwrap().iter().find(|(tenant, _)| **tenant == *name).copied();
            let answer = if *this.fails.lock().unwrap() { Err("the database is down") } else { Ok(row) };
            async move { answer.map(|row| row.map(|(_, secret)| Secrets::one(secret).unwrap())) }
        })
    }
}

async fn find(tenants: &Tenants, name: &str) -> Result<Option<Secrets>, SourceFailed> {
    Ok(match tenants.find(Some(name.into())).await? {
        Found::Known(tenant) => Some(tenant.secrets.clone()),
        Found::Unknown => None,
    })
}

/// Whether the tenant is found with this secret.
async fn has(tenants: &Tenants, name: &str, secret: &str) -> bool {
    let expected = Secrets::one(secret).unwrap();
    let found = find(tenants, name).await.unwrap().expect("the tenant is known");
    *found.current()[0].digest() == *expected.current()[0].digest()
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn an_answer_is_remembered() {
    let database = Database::of(&[("acme", "one")]);
    let tenants = database.tenants(Limits::DEFAULT);
    for _ in 0..3 {
        assert!(has(&tenants, "acme", "one").await);
        assert!(find(&tenants, "ACME").await.unwrap().is_none(), "names are told apart by their case");
    }
    assert_eq!(database.asked(), ["acme", "ACME"]);
    assert_eq!((tenants.known(), tenants.unknown(), tenants.look_ups()), (1, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_change_takes_effect_when_the_answer_is_no_longer_fresh_or_forgotten() {
    let database = Database::of(&[("acme", "one")]);
    let tenants = database.tenants(Limits::DEFAULT);
    assert!(has(&tenants, "acme", "one").await);
    assert!(find(&tenants, "globex").await.unwrap().is_none());
    database.set(&[("acme", "two"), ("globex", "three")]);
    advance(Limits::DEFAULT.absent - Duration::from_millis(1)).await;
    assert!(find(&tenants, "globex").await.unwrap().is_none());
    advance(Duration::from_millis(1)).await;
    assert!(has(&tenants, "globex", "three").await, "added");
    advance(Limits::DEFAULT.fresh - Limits::DEFAULT.absent - Duration::from_millis(1)).await;
    assert!(has(&tenants, "acme", "one").await);
    advance(Duration::from_millis(1)).await;
    assert!(has(&tenants, "acme", "two").await, "replaced");
    database.set(&[("acme", "three")]);
    tenants.forget("acme");
    assert!(has(&tenants, "acme", "three").await, "forgotten");
    database.set(&[]);
    advance(Limits::DEFAULT.fresh).await;
    assert!(find(&tenants, "acme").await.unwrap().is_none(), "removed");
}

#[tokio::test(start_paused = true)]
async fn while_the_source_is_down_a_tenant_that_was_known_stays_known() {
    let database = Database::of(&[("acme", "one"), ("globex", "two")]);
    let limits = Limits { stale: 60 * SECOND, ..Limits::DEFAULT };
    let tenants = database.tenants(limits);
    assert!(has(&tenants, "acme", "one").await);
    database.fail(true);
    advance(limits.fresh).await;
    for _ in 0..3 {
        assert!(has(&tenants, "acme", "one").await, "stale");
        assert_eq!(find(&tenants, "globex").await.err(), Some(SourceFailed), "never known");
    }
    assert_eq!(database.asked(), ["acme", "acme", "globex"], "a name that failed is left alone for a second");
    database.fail(false);
    assert_eq!(find(&tenants, "globex").await.err(), Some(SourceFailed));
    advance(SECOND).await;
    assert!(has(&tenants, "globex", "two").await, "recovered");
    database.fail(true);
    advance(limits.fresh + limits.stale).await;
    assert_eq!(find(&tenants, "acme").await.err(), Some(SourceFailed), "stale for too long");
}

#[tokio::test(start_paused = true)]
async fn a_name_that_fails_keeps_no_other_tenant_out() {
    let tenants = Tenants::new(|name| async move {
        match &*name {
            "spoiled" => Err("the row is spoiled"),
            name => Ok(Secrets::one(name).ok()),
        }
    });
    for number in 0..100 {
        assert_eq!(find(&tenants, "spoiled").await.err(), Some(SourceFailed));
        let name = format!("tenant-{number}");
        assert!(has(&tenants, &name, &name).await);
    }
    assert_eq!(tenants.look_ups(), 101);
}

#[tokio::test(start_paused = true)]
async fn names_that_fail_cost_a_stranger_look_ups() {
    let tenants = Tenants::limited(Limits { misses: 10, misses_per_second: 1, ..Limits::DEFAULT }, |_| async {
        Err::<Option<Secrets>, _>("not a name")
    });
    for number in 0..100 {
        assert_eq!(find(&tenants, &number.to_string()).await.err(), Some(SourceFailed));
    }
    assert_eq!(tenants.look_ups(), 10);
}

/// Looks a tenant up, and makes this change before the answer arrives, which was read before the change.
async fn overtaken(change: impl FnOnce(&Tenants)) -> (Tenants, bool) {
    let (asked, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let (count, open) = (Arc::clone(&asked), Arc::clone(&gate));
    let tenants = Tenants::new(move |_| {
        let secret = ["old", "new"][count.fetch_add(1, Ordering::SeqCst).min(1)];
        let open = Arc::clone(&open);
        async move {
            open.acquire().await.unwrap().forget();
            Secrets::one(secret).map(Some)
        }
    });
    let before = {
        let tenants = tenants.clone();
        tokio::spawn(async move { has(&tenants, "acme", "old").await })
    };
    tokio::task::yield_now().await;
    change(&tenants);
    gate.add_permits(2);
    let first = before.await.unwrap();
    (tenants, first)
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_before_a_change_is_not_remembered() {
    let (tenants, first) = overtaken(|tenants| tenants.forget("acme")).await;
    assert!(first, "the request that came before the change");
    assert!(has(&tenants, "acme", "new").await, "forgotten");

    let secrets = || Secrets::one("by hand").unwrap();
    let (tenants, _) = overtaken(|tenants| tenants.remember("acme", secrets())).await;
    assert!(has(&tenants, "acme", "by hand").await, "remembered");
    let (tenants, _) = overtaken(|tenants| tenants.replace([("acme".to_owned(), secrets())])).await;
    assert!(has(&tenants, "acme", "by hand").await, "replaced");
}

#[tokio::test(start_paused = true)]
async fn a_request_after_a_change_does_not_wait_for_an_older_look_up() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let tenants = Tenants::limited(Limits { time: 60 * SECOND, ..Limits::DEFAULT }, move |_| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if first {
                tokio::time::sleep(30 * SECOND).await;
            }
            Secrets::one(if first { "old" } else { "new" }).map(Some)
        }
    });
    let before = {
        let tenants = tenants.clone();
        tokio::spawn(async move { has(&tenants, "acme", "old").await })
    };
    tokio::task::yield_now().await;
    tenants.forget("acme");
    assert!(has(&tenants, "acme", "new").await);
    assert!(before.await.unwrap());
    assert!(has(&tenants, "acme", "new").await, "the older answer came last, and is not remembered");
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_a_look_up_replaces_is_retired() {
    let database = Database::of(&[("acme", "one")]);
    let tenants = database.tenants(Limits::DEFAULT);
    let known = async |tenants: &Tenants| match tenants.find(Some("acme".into())).await {
        Ok(Found::Known(tenant)) => tenant,
        other => panic!("{other:?}"),
    };
    let first = known(&tenants).await;
    assert!(!first.whose().has_retired());
    database.set(&[("acme", "two")]);
    advance(Limits::DEFAULT.fresh).await;
    let second = known(&tenants).await;
    let retired = second.whose().retired(UnixTime::now());
    let old = first.secrets.current();
    assert!(matches!(&retired[..], [retired] if retired.secret.digest() == old[0].digest()));
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_looked_up_again_keeps_its_usage() {
    let database = Database::of(&[("acme", "one")]);
    let tenants = database.tenants(Limits::DEFAULT);
    let now = UnixTime::from_secs(1);
    find(&tenants, "acme").await.unwrap().unwrap().current()[0].count_match(now);
    advance(Limits::DEFAULT.fresh).await;
    let again = find(&tenants, "acme").await.unwrap().unwrap();
    assert_eq!(database.asked().len(), 2);
    assert_eq!(again.usage()[0].matches, 1);
}

#[tokio::test(start_paused = true)]
async fn many_requests_for_one_tenant_wait_for_one_look_up() {
    let (asked, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let (count, open) = (Arc::clone(&asked), Arc::clone(&gate));
    let tenants = Tenants::new(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        let open = Arc::clone(&open);
        async move {
            open.acquire().await.unwrap().forget();
            Ok::<_, SecretError>(Some(Secrets::one("one").unwrap()))
        }
    });
    let mut waiting = JoinSet::new();
    let first = {
        let tenants = tenants.clone();
        tokio::spawn(async move { find(&tenants, "acme").await })
    };
    tokio::task::yield_now().await;
    for _ in 0..100 {
        let tenants = tenants.clone();
        waiting.spawn(async move { find(&tenants, "acme").await.unwrap().is_some() });
    }
    tokio::task::yield_now().await;
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // Its client hangs up.
    first.abort();
    tokio::task::yield_now().await;
    gate.add_permits(1);
    assert!(waiting.join_all().await.into_iter().all(|found| found));
    assert_eq!(asked.load(Ordering::SeqCst), 2, "another request looks the tenant up");
    assert_eq!(tenants.flights(), 0);
}

#[tokio::test(start_paused = true)]
async fn strangers_cause_a_bounded_number_of_look_ups_and_hold_bounded_memory() {
    let limits = Limits { misses: 100, misses_per_second: 10, unknown: 50, known: 50, ..Limits::DEFAULT };
    let database = Database::of(&[("acme", "one")]);
    let tenants = database.tenants(limits);
    assert!(has(&tenants, "acme", "one").await);
    let mut refused = 0;
    for number in 0..100_000 {
        refused += u32::from(find(&tenants, &format!("stranger-{number}")).await.is_err());
        if number % 10_000 == 0 {
            advance(SECOND).await;
            tenants.forget("acme");
            assert!(has(&tenants, "acme", "one").await, "there is room again");
        }
    }
    // 101 during the first second and 10 during each of the nine others find nothing; 11 find the tenant.
    assert_eq!(tenants.look_ups(), 191 + 11);
    assert_eq!(refused, 100_000 - 191);
    assert!(tenants.unknown() <= 50, "{}", tenants.unknown());
    assert_eq!(tenants.flights(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_remembered_needs_no_look_up() {
    let database = Database::default();
    let tenants = database.tenants(Limits { misses: 0, ..Limits::DEFAULT });
    assert_eq!(find(&tenants, "acme").await.err(), Some(SourceFailed), "no look-up is allowed");
    tenants.remember("acme", Secrets::one("one").unwrap());
    assert!(has(&tenants, "acme", "one").await);
    assert_eq!(database.asked(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_was_known_long_ago_is_not_kept_out_by_strangers() {
    let database = Database::of(&[("acme", "one")]);
    let limits = Limits { misses: 10, misses_per_second: 1, ..Limits::DEFAULT };
    let tenants = database.tenants(limits);
    tenants.remember("acme", Secrets::one("one").unwrap());
    for hours in 1..=3 {
        advance(Duration::from_secs(3600) * 3).await;
        for number in 0..10 {
            assert!(find(&tenants, &format!("stranger-{hours}-{number}")).await.unwrap().is_none());
        }
        assert_eq!(find(&tenants, "another").await.err(), Some(SourceFailed), "the look-ups are used up");
        assert!(has(&tenants, "acme", "one").await);
    }
    database.fail(true);
    advance(Duration::from_secs(3600) * 3).await;
    assert_eq!(find(&tenants, "acme").await.err(), Some(SourceFailed), "too old to be used");
}

#[tokio::test(start_paused = true)]
async fn a_tenant_that_is_known_need_not_wait_for_strangers() {
    let tenants = Tenants::limited(Limits { parallel: 2, ..Limits::DEFAULT }, |name| async move {
        if name.starts_with("stranger") {
            tokio::time::sleep(60 * SECOND).await;
        }
        Secrets::one(&name).map(Some)
    });
    assert!(has(&tenants, "acme", "acme").await);
    let mut strangers = JoinSet::new();
    for number in 0..10 {
        let tenants = tenants.clone();
        strangers.spawn(async move { find(&tenants, &format!("stranger-{number}")).await.is_err() });
    }
    tokio::task::yield_now().await;
    advance(Limits::DEFAULT.fresh).await;
    let began = tokio::time::Instant::now();
    assert!(has(&tenants, "acme", "acme").await);
    assert_eq!((began.elapsed(), tenants.look_ups()), (Duration::ZERO, 3), "acme twice, and one stranger at a time");
}

#[tokio::test(start_paused = true)]
async fn a_change_by_hand_keeps_usage_and_remembers_what_it_replaced() {
    let now = UnixTime::now();
    let database = Database::of(&[("acme", "two")]);
    let looked_up = || {
        let tenants = database.tenants(Limits::DEFAULT);
        tenants.remember("acme", Secrets::one("one").unwrap());
        tenants
    };
    let listed = || Tenants::listed([("acme".to_owned(), Secrets::one("one").unwrap())]);
    let two = || Secrets::new(["two", "one"].map(|text| crate::Secret::new(text).unwrap())).unwrap();
    let of = |secrets| [("acme".to_owned(), secrets)];
    type Change<'a> = (Tenants, &'a dyn Fn(&Tenants), usize);
    let changes: [Change<'_>; 5] = [
        (looked_up(), &|tenants| tenants.forget("acme"), 1),
        (looked_up(), &|tenants| tenants.remember("acme", two()), 0),
        (looked_up(), &|tenants| tenants.replace(of(two())), 0),
        (listed(), &|tenants| tenants.remember("acme", two()), 0),
        (listed(), &|tenants| tenants.replace(of(two())), 0),
    ];
    for (number, (tenants, change, retired)) in changes.into_iter().enumerate() {
        let known = async || match tenants.find(Some("acme".into())).await {
            Ok(Found::Known(tenant)) => tenant,
            other => panic!("{number}: {other:?}"),
        };
        known().await.secrets.current()[0].count_match(now);
        change(&tenants);
        let after = known().await;
        assert_eq!(after.whose().retired(now).len(), retired, "{number}");
        let usage: Vec<_> = after.secrets.usage().iter().map(|usage| usage.matches).collect();
        assert_eq!(usage, if retired == 1 { vec![0] } else { vec![0, 1] }, "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_from_before_a_change_is_not_remembered() {
    let repaired = Arc::new(Mutex::new(false));
    let is_repaired = Arc::clone(&repaired);
    let tenants = Tenants::new(move |_| {
        let is_repaired = *is_repaired.lock().unwrap();
        async move {
            if !is_repaired {
                pending::<()>().await;
            }
            Secrets::one("one").map(Some)
        }
    });
    let before = {
        let tenants = tenants.clone();
        tokio::spawn(async move { find(&tenants, "acme").await.is_err() })
    };
    tokio::task::yield_now().await;
    *repaired.lock().unwrap() = true;
    tenants.forget("acme");
    assert!(before.await.unwrap());
    assert!(has(&tenants, "acme", "one").await);
}

#[tokio::test(start_paused = true)]
async fn a_change_of_one_tenant_does_not_concern_the_look_up_of_another() {
    let tenants = Tenants::new(|name| async move {
        tokio::time::sleep(SECOND / 2).await;
        Secrets::one(&name).map(Some)
    });
    let finding = {
        let tenants = tenants.clone();
        tokio::spawn(async move { has(&tenants, "acme", "acme").await })
    };
    tokio::task::yield_now().await;
    tenants.remember("globex", Secrets::one("globex").unwrap());
    tenants.forget("initech");
    assert!(finding.await.unwrap());
    assert!(has(&tenants, "acme", "acme").await);
    assert_eq!(tenants.look_ups(), 1, "the answer was remembered");
}

#[tokio::test(start_paused = true)]
async fn more_tenants_than_are_remembered_are_looked_up_again() {
    let tenants =
        Tenants::limited(Limits { known: 100, ..Limits::DEFAULT }, |name| async move { Secrets::one(&name).map(Some) });
    for _ in 0..2 {
        for number in 0..1000 {
            let name = format!("tenant-{number}");
            assert!(has(&tenants, &name, &name).await);
        }
    }
    assert!(tenants.known() <= 100, "{}", tenants.known());
}

#[tokio::test(start_paused = true)]
async fn a_look_up_takes_a_bounded_time() {
    let tenants = Tenants::new(|_| pending::<Result<Option<Secrets>, SecretError>>());
    let began = tokio::time::Instant::now();
    assert_eq!(find(&tenants, "acme").await.err(), Some(SourceFailed));
    assert_eq!(began.elapsed(), Limits::DEFAULT.time);
}

#[tokio::test(start_paused = true)]
async fn so_many_look_ups_run_at_once() {
    let running = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let counted = Arc::clone(&running);
    let tenants = Tenants::limited(Limits { parallel: 3, time: 60 * SECOND, ..Limits::DEFAULT }, move |_| {
        let counted = Arc::clone(&counted);
        async move {
            let now = counted.0.fetch_add(1, Ordering::SeqCst) + 1;
            counted.1.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(SECOND).await;
            counted.0.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, SecretError>(None)
        }
    });
    let mut all = JoinSet::new();
    for number in 0..30 {
        let tenants = tenants.clone();
        all.spawn(async move { find(&tenants, &number.to_string()).await.unwrap().is_none() });
    }
    assert_eq!(all.join_all().await, [true; 30]);
    assert_eq!(running.1.load(Ordering::SeqCst), 2, "half of them, because no name is remembered");
}

#[tokio::test]
async fn a_name_that_no_tenant_can_have_is_not_looked_up() {
    use http::Method;

    let database = Database::default();
    let tenants = database.tenants(Limits::DEFAULT);
    let named = |path: &str| {
        let headers = [("a", "b")];
        tenants.name(&Head::new(&Method::POST, &headers).with_path(path).erased())
    };
    assert_eq!(named("/hooks/acme").as_deref(), Some("acme"));
    assert_eq!(named(&format!("/{}", "a".repeat(LONGEST_NAME))).map(|name| name.len()), Some(LONGEST_NAME));
    assert_eq!(named(&format!("/{}", "a".repeat(LONGEST_NAME + 1))), None);
    assert_eq!(named("/hooks/"), None);
    for control in ["/hooks/a%00b", "/hooks/a%0Ab", "/hooks/%7f", "/hooks/%C2%85"] {
        assert_eq!(named(control), None, "{control}");
    }
    assert!(matches!(tenants.find(None).await, Ok(Found::Unknown)));
    assert_eq!(database.asked(), [""; 0]);
}

#[tokio::test]
async fn a_list_is_replaced_as_a_whole_or_one_by_one() {
    let secrets = |text| Secrets::one(text).unwrap();
    let tenants = Tenants::listed([("acme".to_owned(), secrets("one"))]);
    assert!(has(&tenants, "acme", "one").await);
    assert!(find(&tenants, "globex").await.unwrap().is_none());
    tenants.remember("globex", secrets("two"));
    assert!(has(&tenants, "globex", "two").await && has(&tenants, "acme", "one").await);
    tenants.forget("acme");
    assert!(find(&tenants, "acme").await.unwrap().is_none());
    tenants.replace([("initech".to_owned(), secrets("three"))]);
    assert!(find(&tenants, "globex").await.unwrap().is_none());
    assert!(has(&tenants, "initech", "three").await);
    assert_eq!((tenants.known(), tenants.unknown(), tenants.look_ups()), (1, 0, 0));
}
