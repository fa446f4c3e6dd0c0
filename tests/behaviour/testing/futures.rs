//! Futures are captured where they are polled and dropped.

use std::{future::pending, task::Poll};

use osapi_metrics::{
    Counter, MetricSet, instrumented_job,
    testing::{Captured, capture_async, capture_thread},
};
use tokio::{sync::oneshot, task};

/// Beats of a drum.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "futures")]
struct Drum {
    /// Beats.
    beats_total: Counter,
}

const BEATS: &str = "futures_beats_total";

async fn beat() {
    Drum::global().beats_total.inc();
    task::yield_now().await;
    Drum::global().beats_total.inc();
}

#[tokio::test]
async fn a_future_is_captured_from_its_first_poll_to_its_end() {
    let captured = capture_async(beat()).await;
    assert_eq!(captured.counter(BEATS, &[]), 2);
}

#[tokio::test]
async fn the_tasks_of_a_test_are_captured() {
    let captured = capture_thread();
    let tasks = [task::spawn(beat()), task::spawn(beat())];
    for task in tasks {
        task.await.unwrap();
    }
    beat().await;
    assert_eq!(captured.counter(BEATS, &[]), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tasks_of_many_threads_are_captured_where_they_enter_the_capture() {
    let (captured, outside) = (Captured::new(), capture_thread());
    let tasks: Vec<_> =
        (0..20).map(|_| task::spawn(captured.wrap(async { task::spawn(beat()).await }))).collect();
    let wrapped: Vec<_> = (0..20).map(|_| task::spawn(captured.wrap(beat()))).collect();
    let blocking = task::spawn_blocking({
        let captured = captured.clone();
        move || captured.run(|| Drum::global().beats_total.inc())
    });
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    for task in wrapped {
        task.await.unwrap();
    }
    blocking.await.unwrap();
    // A task that a captured task spawns is not captured.
    assert_eq!(captured.counter(BEATS, &[]), 41);
    assert_eq!(outside.counter(BEATS, &[]), 0);
}

/// Futures that are polled in turns on one thread, with other code in between.
#[tokio::test]
async fn futures_side_by_side_are_captured_apart() {
    let (one, two) = (Captured::new(), Captured::new());
    let around = capture_thread();
    futures_util::future::join3(one.wrap(beat()), two.wrap(async { beat().await }), beat()).await;
    for captured in [&one, &two, &*around] {
        assert_eq!(captured.counter(BEATS, &[]), 2);
    }
}

#[instrumented_job(name = "futures.captured")]
async fn wait_for(gate: oneshot::Receiver<()>) -> Result<(), oneshot::error::RecvError> {
    gate.await
}

#[tokio::test]
async fn a_job_that_is_dropped_is_captured_to_its_end() {
    let around = capture_thread();
    let captured = Captured::new();
    let (_open, gate) = oneshot::channel();
    let mut job = Box::pin(captured.wrap(wait_for(gate)));
    assert!(futures_util::poll!(&mut job).is_pending());
    let job_name = ("job_name", "futures.captured");
    assert_eq!(captured.up_down_counter("osapi_jobs_active", &[job_name]), 1);
    drop(job);
    assert_eq!(captured.up_down_counter("osapi_jobs_active", &[job_name]), 0);
    let completed =
        |status| captured.counter("osapi_jobs_completed_total", &[job_name, ("status", status)]);
    assert_eq!(completed("cancelled"), 1);
    assert_eq!(captured.histogram("osapi_job_duration_seconds", &[]).count, 1);
    assert_eq!(around.to_string(), "nothing was recorded\n");
}

/// The threads of the runtime do not capture.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_aborted_task_is_captured_to_its_end() {
    #[instrumented_job(name = "futures.aborted")]
    async fn never(started: oneshot::Sender<()>) {
        started.send(()).unwrap();
        pending().await
    }

    let captured = Captured::new();
    let (started, running) = oneshot::channel();
    let task = task::spawn(captured.wrap(never(started)));
    running.await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    let labels = [("job_name", "futures.aborted"), ("status", "cancelled")];
    assert_eq!(captured.counter("osapi_jobs_completed_total", &labels), 1);
}

#[tokio::test]
async fn a_panic_leaves_the_thread_clean() {
    let around = capture_thread();
    let captured = Captured::new();
    let panics = async {
        beat().await;
        panic!("as asked");
    };
    let wrapped = captured.wrap(panics);
    assert!(task::spawn(wrapped).await.unwrap_err().is_panic());
    beat().await;
    assert_eq!(captured.counter(BEATS, &[]), 2);
    assert_eq!(around.counter(BEATS, &[]), 2);
}

#[test]
fn a_captured_future_is_as_movable_as_what_it_captures() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let captured = assert_send(Captured::new());
    let mut unpin = assert_send(captured.wrap(std::future::ready(7)));
    let waker = std::task::Waker::noop();
    let polled = std::pin::Pin::new(&mut unpin).poll(&mut std::task::Context::from_waker(waker));
    assert_eq!(polled, Poll::Ready(7));
}
