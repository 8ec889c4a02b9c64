//! The outcomes of a handler, and their effect on the event.

use super::*;

#[tokio::test(start_paused = true)]
async fn what_was_not_handled_is_handled_by_the_retry() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    assert_eq!(deliver(&receiver, EVENT, failed).await, Ok(()), "the handler's own response");
    let panics = || async { panic!("the handler panicked, as it should in this test") };
    assert_eq!(deliver(&receiver, EVENT, panics).await, Err(Rejection::HandlerPanicked));
    assert_eq!(deliver(&receiver, EVENT, pending).await, Err(Rejection::HandlerTimeout));
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::InFlight), "it is still running");
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()), "stopped at its limit, and released");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_is_late_still_commits() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let late = || async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        answer(Handled::Done { status: None })
    };
    let started = Instant::now();
    assert_eq!(deliver(&receiver, EVENT, late).await, Err(Rejection::HandlerTimeout));
    assert_eq!(Instant::now().duration_since(started).as_millis(), 4500);
    assert_eq!(receiver.drain(Duration::from_secs(10)).await.running, 0);
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::Closing));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_took_almost_all_the_time_is_answered_in_time() {
    let store = Shaky::default();
    let receiver = builder::<QrStudio>(&store).build().unwrap();
    store.0.commits_hang.store(usize::MAX, Ordering::SeqCst);
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(4300)).await;
        answer(Handled::Done { status: None })
    };
    assert_eq!(deliver(&receiver, EVENT, slow).await, Ok(()));
    store.0.commits_hang.store(0, Ordering::SeqCst);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_when_it_is_dropped_is_released() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("a drop panicked, as it should in this test");
        }
    }
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let hangs = || async {
        let _panics = Panics;
        pending().await
    };
    assert_eq!(deliver(&receiver, EVENT, hangs).await, Err(Rejection::HandlerTimeout));
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()));
    assert!(receiver.drain(Duration::from_secs(1)).await.is_complete());
}

/// An extractor opens a delivery before its handler runs, and the handler may do other things first.
#[tokio::test(start_paused = true)]
async fn no_handler_outlives_its_lease() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    for (idle, ran_for) in [(5, 20), (15, 14), (28, 1)] {
        let opened = open(&receiver, EVENT).await.unwrap();
        tokio::time::sleep(Duration::from_secs(idle)).await;
        let started = Instant::now();
        assert_eq!(handle(opened, pending).await, Err(Rejection::HandlerStopped), "{idle}");
        assert_eq!(Instant::now().duration_since(started).as_secs(), ran_for, "{idle}");
    }
    let opened = open(&receiver, EVENT).await.unwrap();
    tokio::time::sleep(Duration::from_secs(29)).await;
    assert_eq!(handle(opened, must_not_run).await, Err(Rejection::LeaseOver));
}

#[tokio::test]
async fn a_handler_that_does_not_wait_needs_no_task() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let (work, reply) =
        accept(&receiver, EVENT).await.unwrap().handle(|_| async { answer(Handled::Done { status: None }) });
    assert_eq!(reply.wait(Box::pin(work), |_| panic!("there is nothing left to do")).await, Ok(()));
    assert_eq!(receiver.counts().get("handled"), Some(&1));
}

#[tokio::test]
async fn a_handler_that_waits_goes_on_without_its_request() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let (finish, finished) = oneshot::channel::<()>();
    let handler = |_| async {
        finished.await.unwrap();
        answer(Handled::Done { status: None })
    };
    let (work, reply) = accept(&receiver, EVENT).await.unwrap().handle(handler);
    let mut left = None;
    {
        let request = reply.wait(Box::pin(work), |rest| left = Some(rest));
        assert_eq!(tokio::time::timeout(Duration::from_millis(1), request).await.ok(), None, "the client hung up");
    }
    finish.send(()).unwrap();
    left.unwrap().await;
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::Duplicate { id_conflict: false }));
}

#[tokio::test]
async fn work_that_panics_around_its_handler_is_answered() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let (work, reply) = accept(&receiver, EVENT).await.unwrap().handle(|_| pending::<Answer<()>>());
    let work = async move {
        let _never_polled = work;
        panic!("in what a program wraps around the work")
    };
    assert_eq!(reply.wait(Box::pin(work), |_| panic!("it is over")).await, Err(Rejection::TaskGone));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_dropped_is_no_handler_that_finished() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let accepted = accept(&receiver, EVENT).await.unwrap();
    let (work, _reply) = accepted.handle(|_| pending::<Answer<()>>());
    let task = tokio::spawn(work);
    tokio::time::sleep(Duration::from_secs(1)).await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let drained = receiver.drain(Duration::from_secs(1)).await;
    assert_eq!(drained, Drained { abandoned: 1, ..Drained::default() });
    assert_eq!(receiver.drain(Duration::from_secs(1)).await, Drained::default(), "it is reported once");
    assert_eq!(receiver.counts().get("abandoned"), Some(&1));
}

/// In a process that was stopped, or on a machine that was suspended, the timers stood still and the clock did not.
#[tokio::test(start_paused = true)]
async fn a_handler_that_was_frozen_past_its_lease_does_not_go_on() {
    let (clock, store) = (ManualClock::at(NOW), Shaky::default());
    let receiver = builder::<QrStudio>(&store).with_clock(clock.clone()).build().unwrap();
    let opened = open(&receiver, EVENT).await.unwrap();
    let (wake, woken) = oneshot::channel::<()>();
    let handler = || async move {
        woken.await.unwrap();
        must_not_run().await
    };
    let thaw = async {
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(35));
        wake.send(()).unwrap();
    };
    let (handled, ()) = tokio::join!(handle(opened, handler), thaw);
    assert_eq!(handled, Err(Rejection::HandlerStopped));
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()), "nothing was committed");
}

#[tokio::test(start_paused = true)]
async fn what_is_opened_and_never_handled_is_given_back() {
    let receiver = builder::<QrStudio>(&Shaky::default()).build().unwrap();
    let (work, reply) = accept(&receiver, EVENT).await.unwrap().open();
    work.await;
    assert_eq!(deliver(&receiver, EVENT, must_not_run).await, Err(Rejection::InFlight));
    drop(reply);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(deliver(&receiver, EVENT, done).await, Ok(()), "it was in the channel and was never received");
}

/// The limit counts from before the first poll.
#[tokio::test(start_paused = true)]
async fn a_step_that_blocks_first_and_hangs_then_gets_no_more_time() {
    let started = Instant::now();
    let blocks_and_hangs = async {
        tokio::time::advance(Duration::from_millis(800)).await;
        pending::<()>().await;
    };
    assert_eq!(timer::within(Duration::from_secs(1), blocks_and_hangs).await, None);
    assert_eq!(started.elapsed().as_millis(), 1000);
}

#[test]
fn a_runtime_without_timers_fails_at_once() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let receiver = builder::<QrStudio>(&Shaky::default()).with_clock(ManualClock::at(NOW)).build().unwrap();
    for _ in 0..2 {
        let accepting = std::panic::AssertUnwindSafe(|| runtime.block_on(accept(&receiver, EVENT)).map(drop));
        std::panic::catch_unwind(accepting).expect_err("there are no timers");
    }
}
