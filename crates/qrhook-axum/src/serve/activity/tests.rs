//! The time limits, on a clock that is moved by hand.

use tokio::time::advance;

use super::*;

/// Seconds until the connection's time is over. `None` while a request is in progress.
fn left(activity: &Activity) -> Option<u64> {
    let ends = activity.ends(Waker::noop())?;
    Some(ends.saturating_duration_since(Instant::now()).as_secs())
}

fn new() -> Arc<Activity> {
    Arc::new(Activity::new())
}

#[tokio::test(start_paused = true)]
async fn a_header_has_five_seconds_from_its_first_byte_and_idleness_outlives_the_proxies() {
    let activity = new();
    assert_eq!(left(&activity), Some(75));
    advance(Duration::from_secs(70)).await;
    for _ in 0..5 {
        activity.read();
        assert_eq!(left(&activity), Some(5));
    }
    advance(Duration::from_secs(3)).await;
    activity.read();
    assert_eq!(left(&activity), Some(2), "more bytes do not extend the time");
    let request = activity.begin(Version::HTTP_11);
    activity.read();
    assert_eq!(left(&activity), None);
    drop(request);
    assert_eq!(left(&activity), Some(75));
    activity.read();
    assert_eq!((left(&activity), activity.over(|| true)), (Some(5), Over::Cut));
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_told_to_end_and_cut_when_it_does_not() {
    let activity = new();
    assert_eq!(activity.over(|| false), Over::Close);
    assert_eq!(left(&activity), Some(5));
    assert_eq!(activity.over(|| false), Over::Cut);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_the_server_has_not_seen_yet_is_not_cut_off() {
    let activity = new();
    activity.leave(Instant::now());
    assert_eq!((left(&activity), activity.over(|| true)), (Some(0), Over::Not));
    assert_eq!(left(&activity), Some(5));
    let request = activity.begin(Version::HTTP_11);
    assert!(request.is_last());
    drop(request);
    assert_eq!((left(&activity), activity.over(|| false)), (Some(0), Over::Close));
}

#[tokio::test(start_paused = true)]
async fn at_the_end_an_idle_connection_has_its_grace_and_a_header_its_time() {
    let (idle, header, busy) = (new(), new(), new());
    header.read();
    let request = busy.begin(Version::HTTP_11);
    for activity in [&idle, &header, &busy] {
        activity.leave(later(Instant::now(), Duration::from_secs(1)));
    }
    assert_eq!([left(&idle), left(&header), left(&busy)], [Some(1), Some(5), None]);
    drop(request);
    assert_eq!(left(&busy), Some(1));
}

#[tokio::test(start_paused = true)]
async fn over_http2_no_request_begins_after_the_grace_and_frames_are_no_header() {
    let activity = new();
    let requests = [activity.begin(Version::HTTP_2), activity.begin(Version::HTTP_2)];
    activity.leave(later(Instant::now(), Duration::from_secs(1)));
    assert_eq!(left(&activity), Some(1));
    assert_eq!(activity.over(|| true), Over::Close);
    assert_eq!(left(&activity), None);
    drop(requests);
    activity.read();
    assert_eq!((left(&activity), activity.over(|| true)), (Some(5), Over::Cut));
}

#[tokio::test(start_paused = true)]
async fn who_reads_nothing_of_a_response_has_half_a_minute() {
    let activity = new();
    let request = activity.begin(Version::HTTP_11);
    activity.written(true);
    advance(Duration::from_secs(20)).await;
    activity.written(true);
    assert_eq!(left(&activity), Some(10));
    assert_eq!(activity.over(|| false), Over::Cut);
    activity.written(false);
    assert_eq!(left(&activity), None);
    drop(request);
}

#[tokio::test(start_paused = true)]
async fn only_who_has_no_request_makes_room() {
    let (idle, busy, blocked) = (new(), new(), new());
    let request = busy.begin(Version::HTTP_11);
    blocked.written(true);
    assert_eq!([busy.idle_since(), blocked.idle_since()], [None, None]);
    busy.displace();
    assert_eq!(left(&busy), None, "a request arrived just before");
    assert!(idle.idle_since().is_some());
    idle.displace();
    assert_eq!((left(&idle), idle.idle_since()), (Some(0), None), "once is enough");
    drop(request);
}
