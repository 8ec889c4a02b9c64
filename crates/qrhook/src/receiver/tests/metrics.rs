//! The metrics, as an exporter sees them.

use std::collections::BTreeMap;

use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

use super::*;
use crate::secret::Secret;

/// Records the metrics of this thread.
struct Recorded(Snapshotter);

fn recording(test: impl FnOnce(Recorded)) {
    let recorder = DebuggingRecorder::new();
    let recorded = Recorded(recorder.snapshotter());
    ::metrics::with_local_recorder(&recorder, || test(recorded));
}

fn block_on(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(test);
}

impl Recorded {
    /// Returns what was recorded since the last call, by name and labels. A histogram is the list of its values.
    fn take(&self) -> BTreeMap<String, String> {
        let metrics = self.0.snapshot().into_vec();
        let line = |(key, _, _, value): (metrics_util::CompositeKey, _, _, DebugValue)| {
            let labels: Vec<_> = key.key().labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let value = match value {
                DebugValue::Counter(count) => count.to_string(),
                DebugValue::Gauge(value) => value.to_string(),
                DebugValue::Histogram(values) => {
                    format!("{:?}", values.iter().map(|value| value.0).collect::<Vec<_>>())
                }
            };
            (format!("{} {}", key.key().name(), labels.join(" ")), value)
        };
        metrics.into_iter().map(line).collect()
    }

    /// Checks these metrics; others may exist.
    fn assert(&self, expected: &[(&str, &str)]) {
        let found = self.take();
        for (name, value) in expected {
            assert_eq!(found.get(*name).map(String::as_str), Some(*value), "{name}: {found:#?}");
        }
    }
}

const EVENT: &str = r#"{"id":"evt_1","type":"scan.created","data":{"short_id":"a"}}"#;

#[test]
fn a_delivery_is_counted_by_type_and_outcome() {
    recording(|recorded| {
        block_on(async {
            let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
            let slow = || async {
                tokio::time::sleep(Duration::from_millis(1500)).await;
                answer(Handled::Done { status: None })
            };
            assert_eq!(deliver(&receiver, EVENT, failed).await, Ok(()));
            assert_eq!(deliver(&receiver, EVENT, slow).await, Ok(()));
            assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(DUPLICATE));
            let ours = "sender=qrstudio endpoint=test";
            let named = |name: &str, labels: &str| format!("qrhook_{name} {ours}{labels}");
            let deliveries =
                |outcome: &str| named("deliveries_total", &format!(" type=scan.created outcome={outcome}"));
            recorded.assert(&[
                (&deliveries("failed"), "1"),
                (&deliveries("handled"), "1"),
                (&deliveries("rejected"), "1"),
                (&named("rejections_total", " reason=duplicate"), "1"),
                (&named("repeats_total", " state=done"), "1"),
                (&named("handler_seconds", " type=scan.created"), "[0.0, 1.5]"),
                (&named("body_bytes", ""), "[60.0, 60.0, 60.0]"),
                (&named("signature_age_seconds", ""), "[0.0, 0.0, 0.0]"),
                (&named("store_seconds", " step=claim result=ok"), "[0.0, 0.0, 0.0]"),
                (&named("store_seconds", " step=commit result=ok"), "[0.0]"),
                (&named("store_seconds", " step=release result=ok"), "[0.0]"),
                (&named("handlers_running", ""), "0"),
                (&named("secret_matches_total", " secret=0"), "3"),
                (&named("secret_last_match_timestamp_seconds", " secret=0"), "1778335283"),
            ]);
        });
    });
}

#[test]
fn the_labels_are_bounded_whatever_a_sender_sends() {
    recording(|recorded| {
        block_on(async {
            let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
            for number in 0..100 {
                let event = format!(r#"{{"id":"evt_{number}","type":"made.up{number}"}}"#);
                assert_eq!(deliver(&receiver, &event, done).await, Ok(()));
            }
            let found = recorded.take();
            assert!(found.len() < 20, "{found:#?}");
            let deliveries = "qrhook_deliveries_total sender=qrstudio endpoint=test type=other outcome=handled";
            assert_eq!(found.get(deliveries).map(String::as_str), Some("100"), "{found:#?}");
            let odd = "qrhook_odd_deliveries_total sender=qrstudio endpoint=test type=other";
            assert_eq!(found.get(odd).map(String::as_str), Some("100"), "{found:#?}");
        });
    });
}

#[test]
fn troubles_are_counted() {
    recording(|recorded| {
        block_on(async {
            let store = Shaky::default();
            let receiver = builder::<QrPlanet>(&store).build().unwrap();
            store.0.claims_fail.store(1, Ordering::SeqCst);
            let scan = "event=QR_CODE_SCANNED&redirects=1&secrettoken=whsec_test";
            assert_eq!(deliver(&receiver, scan, done).await, Ok(()));
            let ours = "sender=qrplanet endpoint=test";
            recorded.assert(&[
                (&format!("qrhook_unclaimed_total {ours}"), "1"),
                (&format!("qrhook_store_seconds {ours} step=claim result=unavailable"), "[0.0]"),
            ]);

            let secrets = Secrets::new([Secret::new("whsec_new").unwrap().with_label("new")]).unwrap();
            let receiver = Receiver::<QrStudio>::builder("test", secrets, store.clone())
                .with_clock(PausedClock { started: Instant::now() })
                .build()
                .unwrap();
            for (ahead, outcome) in [(0, Ok(())), (301, Err("future")), (-301, Err("stale"))] {
                let signed_at = UnixTime::from_secs(NOW.as_secs() + ahead);
                let request = sign::<QrStudio>("whsec_new", EVENT, signed_at);
                let accepted = accept_pieces(&receiver, &request.headers, [Ok(request.body)], true).await;
                assert_eq!(accepted.map(drop).map_err(|rejection| rejection.reason()), outcome);
            }
            let ours = "sender=qrstudio endpoint=test";
            recorded.assert(&[
                (&format!("qrhook_signature_age_seconds {ours}"), "[0.0, -301.0, 301.0]"),
                (&format!("qrhook_rejections_total {ours} reason=future"), "1"),
                (&format!("qrhook_rejections_total {ours} reason=stale"), "1"),
                (&format!("qrhook_secret_matches_total {ours} secret=new"), "1"),
            ]);
        });
    });
}

#[test]
fn events_that_may_be_handled_twice_are_counted() {
    recording(|recorded| {
        block_on(async {
            let store = Shaky::default();
            let receiver = builder::<QrStudio>(&store).with_id_conflict(IdConflict::Deliver).build().unwrap();
            let ours = "sender=qrstudio endpoint=test";
            let counters = ["id_conflicts", "unclaimed", "uncommitted", "claims_lost"]
                .map(|name| format!("qrhook_{name}_total {ours}"));
            let [conflicts, unclaimed, uncommitted, lost] = &counters;
            recorded.assert(&[(conflicts, "0"), (unclaimed, "0"), (uncommitted, "0"), (lost, "0")]);

            let again = EVENT.replace("scan.created", "dynamic_qr.created");
            assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
            assert_eq!(deliver(&receiver, &again, done).await, Ok(()));
            recorded.assert(&[(conflicts, "1")]);
            let strict = builder::<QrStudio>(&store).build().unwrap();
            let third = EVENT.replace("scan.created", "quota.threshold_75");
            assert_eq!(deliver(&strict, &third, must_not_run).await, Err(Rejection::Duplicate { id_conflict: true }));
            recorded.assert(&[(conflicts, "1")]);

            store.0.commits_fail.store(usize::MAX, Ordering::SeqCst);
            assert_eq!(deliver(&receiver, &EVENT.replace("evt_1", "evt_2"), done).await, Ok(()));
            receiver.drain(Duration::from_secs(60)).await;
            recorded.assert(&[(uncommitted, "1")]);
            store.0.commits_fail.store(0, Ordering::SeqCst);

            store.0.commits_lost.store(1, Ordering::SeqCst);
            assert_eq!(deliver(&strict, &EVENT.replace("evt_1", "evt_3"), done).await, Ok(()));
            recorded.assert(&[(lost, "1")]);
        });
    });
}

#[test]
fn handlers_that_run_and_wait_are_shown() {
    recording(|recorded| {
        block_on(async {
            let receiver = builder::<QrStudio>(&Shaky::default()).with_max_handlers(1).build().unwrap();
            let (stop, stopped) = oneshot::channel::<()>();
            let (work, _reply) = accept(&receiver, EVENT).await.unwrap().handle(|_| async {
                drop(stopped.await);
                answer(Handled::Done { status: None })
            });
            let running = tokio::spawn(work);
            let other = EVENT.replace("evt_1", "evt_2");
            let (work, _reply) = accept(&receiver, &other).await.unwrap().handle(|_| done());
            let waiting = tokio::spawn(work);
            tokio::time::sleep(Duration::from_millis(1)).await;
            let ours = "sender=qrstudio endpoint=test";
            let [running_now, waiting_now] =
                ["running", "waiting"].map(|name| format!("qrhook_handlers_{name} {ours}"));
            recorded.assert(&[(&running_now, "1"), (&waiting_now, "1")]);
            drop(stop);
            running.await.unwrap();
            waiting.await.unwrap();
            // Each snapshot of this recorder begins at zero.
            recorded.assert(&[(&running_now, "-1"), (&waiting_now, "-1")]);
        });
    });
}

#[test]
fn the_fullness_of_the_store_is_shown() {
    recording(|recorded| {
        block_on(async {
            let secrets = Secrets::one(SECRET).unwrap();
            let store = MemoryStore::new().with_max_ids(4);
            let receiver = Receiver::<QrStudio>::builder("test", secrets, store)
                .with_clock(PausedClock { started: Instant::now() })
                .build()
                .unwrap();
            assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
            recorded.assert(&[("qrhook_store_fullness_ratio sender=qrstudio endpoint=test", "0.25")]);
        });
    });
}

#[test]
fn each_metric_is_described_with_its_unit() {
    use ::metrics::Unit;

    recording(|recorded| {
        block_on(async {
            let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
            assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
        });
        let mut units = BTreeMap::new();
        for (key, unit, description, _) in recorded.0.snapshot().into_vec() {
            assert!(description.is_some_and(|text| text.len() > 10), "{key:?}");
            units.insert(key.key().name().to_owned(), unit);
        }
        for (name, unit) in [
            ("qrhook_deliveries_total", Some(Unit::Count)),
            ("qrhook_handlers_running", None),
            ("qrhook_secret_last_match_timestamp_seconds", Some(Unit::Seconds)),
            ("qrhook_body_bytes", Some(Unit::Bytes)),
            ("qrhook_handler_seconds", Some(Unit::Seconds)),
        ] {
            assert_eq!(units.get(name), Some(&unit), "{name}: {units:?}");
        }
    });
}

#[test]
fn a_repeat_that_is_being_handled_is_counted_as_such() {
    recording(|recorded| {
        block_on(async {
            let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
            let _opened = open(&receiver, EVENT).await.unwrap();
            assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::InFlight));
            recorded.assert(&[("qrhook_repeats_total sender=qrstudio endpoint=test state=in-flight", "1")]);
        });
    });
}

#[test]
fn tenants_have_labels_of_a_bounded_number() {
    recording(|recorded| {
        block_on(async {
            let parent = builder::<QrStudio>(&Shaky::default()).build().unwrap();
            for number in 0..1001 {
                let tenant = parent.for_tenant(format!("tenant-{number}"), Secrets::one(SECRET).unwrap()).unwrap();
                assert_eq!(deliver(&tenant, EVENT, done).await, Ok(()));
            }
            let first = parent.for_tenant("tenant-0", Secrets::one(SECRET).unwrap()).unwrap();
            assert_eq!(deliver(&first, EVENT, must_not_run).await, Err(DUPLICATE));
            assert_eq!(deliver(&parent, EVENT, done).await, Ok(()));
            let ours = "sender=qrstudio endpoint=test";
            let handled = "type=scan.created outcome=handled";
            recorded.assert(&[
                (&format!("qrhook_deliveries_total {ours} tenant=tenant-0 {handled}"), "1"),
                (&format!("qrhook_deliveries_total {ours} tenant=tenant-999 {handled}"), "1"),
                (&format!("qrhook_deliveries_total {ours} tenant=other {handled}"), "1"),
                (&format!("qrhook_deliveries_total {ours} {handled}"), "1"),
                (&format!("qrhook_rejections_total {ours} tenant=tenant-0 reason=duplicate"), "1"),
                (&format!("qrhook_secret_matches_total {ours} tenant=tenant-0 secret=0"), "2"),
            ]);
        });
    });
}
