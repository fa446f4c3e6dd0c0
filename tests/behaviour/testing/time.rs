//! The clock of a capture: tokio's, which a test pauses, or one that the test moves by hand.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use osapi_metrics::{
    Counter, Gauge, Histogram, JobMetrics, MetricSet, QueuedAt, instrumented_job,
    jobs::JobLabels,
    testing::{Captured, capture_thread},
};
use tokio::{task, time};

const DURATION: &str = "osapi_job_duration_seconds";
const WAIT: &str = "osapi_job_queue_wait_seconds";
const OLDEST: &str = "osapi_job_oldest_active_seconds";
const JOB: [(&str, &str); 1] = [("job_name", "time.job")];
const QUEUED: [(&str, &str); 1] = [("job_name", "time.queued")];

const SECOND: Duration = Duration::from_secs(1);

/// The clock of tokio, which the tests pause.
fn tokio_clock() -> Instant {
    time::Instant::now().into_std()
}

/// A clock that a test moves.
#[derive(Clone)]
struct HandClock(Arc<Mutex<Instant>>);

impl HandClock {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }

    fn of(captured: &Captured) -> Self {
        let clock = Self::new();
        captured.set_clock({
            let clock = clock.clone();
            move || *clock.0.lock().unwrap()
        });
        clock
    }
}

#[instrumented_job(name = "time.job")]
async fn job(takes: Duration) {
    time::sleep(takes).await;
}

#[instrumented_job(name = "time.queued", queued_at = queued_at)]
async fn queued_job(queued_at: impl QueuedAt) {
    time::sleep(SECOND).await;
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "time", job(labels = JobLabels))]
struct Work {
    /// Jobs that have ended.
    #[metric(on = finished)]
    jobs_total: Counter<JobLabels>,
    /// When a job last succeeded.
    #[metric(unit = "s", on = last_success)]
    success_timestamp_seconds: Gauge<JobLabels>,
    /// What timers measure.
    #[metric(unit = "s", buckets = [1, 5])]
    timed_seconds: Histogram,
}

#[instrumented_job(metrics = Work, labels = JobLabels { job_name: "work".into() })]
async fn work() {
    time::sleep(3600 * SECOND).await;
}

#[tokio::test(start_paused = true)]
#[expect(clippy::float_cmp, reason = "boundaries are exact")]
async fn a_job_of_ten_virtual_seconds_takes_exactly_ten_seconds() {
    let captured = capture_thread();
    captured.set_clock(tokio_clock);
    for seconds in [10, 600, 3] {
        job(seconds * SECOND).await;
    }
    let durations = captured.histogram(DURATION, &JOB);
    assert_eq!(durations.sum, 613.0);
    assert_eq!((durations.min.unwrap(), durations.max.unwrap()), (3.0.into(), 600.0.into()));
    // Both 10 and 600 are boundaries, and belong to the buckets that end there.
    for boundary in [10.0, 600.0] {
        let bucket = durations.buckets.iter().find(|(upper, _)| *upper == boundary);
        assert_eq!(bucket.unwrap().1, 1, "{boundary}");
    }
}

#[tokio::test(start_paused = true)]
async fn jobs_beside_each_other_take_their_time() {
    let captured = capture_thread();
    captured.set_clock(tokio_clock);
    let long = task::spawn(job(60 * SECOND));
    time::sleep(20 * SECOND).await;
    let short = task::spawn(job(5 * SECOND));
    time::sleep(2 * SECOND).await;
    assert_eq!(captured.gauge(OLDEST, &JOB).unwrap(), 22.0);
    short.await.unwrap();
    long.await.unwrap();
    assert!(captured.gauge(OLDEST, &JOB).is_none());
    assert_eq!(captured.histogram(DURATION, &JOB).sum, 65.0);
}

#[tokio::test(start_paused = true)]
async fn a_job_has_waited_on_the_clock() {
    let captured = capture_thread();
    captured.set_clock(tokio_clock);
    time::advance(3600 * SECOND).await;
    let queued_at = tokio_clock();
    time::advance(7 * SECOND).await;
    queued_job(queued_at).await;
    queued_job(Some(queued_at)).await;
    let waits = captured.histogram(WAIT, &QUEUED);
    assert_eq!((waits.count, waits.sum), (2, 15.0.into()));

    // A job whose future waits to be polled.
    let later = queued_job(tokio_clock().checked_sub(2 * SECOND).unwrap());
    time::advance(30 * SECOND).await;
    later.await;
    assert_eq!(captured.histogram(WAIT, &QUEUED).sum, 47.0);

    // The system's clock of dates is another one.
    queued_job(SystemTime::now()).await;
    let waits = captured.histogram(WAIT, &QUEUED);
    assert_eq!(waits.count, 4);
    assert!(waits.sum < 47.0 + 3600.0);
}

#[tokio::test(start_paused = true)]
async fn timers_measure_on_the_clock() {
    let captured = capture_thread();
    captured.set_clock(tokio_clock);
    let seconds = &Work::global().timed_seconds;
    let timer = seconds.start_timer();
    time::advance(SECOND).await;
    timer.stop();
    seconds.time_async(time::sleep(4 * SECOND)).await;
    assert_eq!(seconds.time(|| 5), 5);
    let recorded = captured.histogram("time_timed_seconds", &[]);
    assert_eq!(recorded.sum, 5.0);
    assert_eq!(recorded.buckets.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [2, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn the_last_success_is_on_the_clock() {
    let captured = capture_thread();
    captured.set_clock(tokio_clock);
    let success = || captured.gauge("time_success_timestamp_seconds", &[]).unwrap().as_f64();
    work().await;
    let first = success();
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    // The test began less than an hour ago.
    assert!(now < first && first < now + 3601.0, "{first} {now}");
    work().await;
    assert!((success() - first - 3600.0).abs() < 0.1, "{first} {}", success());
    assert_eq!(captured.counter("time_jobs_total", &[]), 2);
}

#[test]
fn a_capture_has_its_clock_on_every_thread() {
    let captured = Captured::new();
    let clock = HandClock::of(&captured);
    let other = captured.clone();
    let run = move || other.run(|| JobMetrics::global().start("time.job"));
    let guard = thread::spawn(run).join().unwrap();
    clock.advance(9 * SECOND);
    captured.run(|| guard.complete());
    // From here on, another clock.
    let second = HandClock::of(&captured);
    let guard = captured.run(|| JobMetrics::global().start("time.job"));
    clock.advance(100 * SECOND);
    second.advance(SECOND);
    captured.run(|| guard.complete());
    let durations = captured.histogram(DURATION, &JOB);
    assert_eq!((durations.count, durations.sum), (2, 10.0.into()));
}

#[test]
fn a_capture_without_a_clock_has_that_of_the_machine() {
    let (with, without) = (Captured::new(), Captured::new());
    let clock = HandClock::of(&with);
    let start = || JobMetrics::global().start("time.job");
    let began = Instant::now();
    let (of_hand, of_machine) = (with.run(start), without.run(start));
    clock.advance(3600 * SECOND);
    without.run(|| of_machine.complete());
    // Nested, the innermost capture has its clock.
    without.run(|| with.run(|| of_hand.complete()));
    assert_eq!(with.histogram(DURATION, &JOB).sum, 3600.0);
    let upper = began.elapsed().as_secs_f64() + 0.1;
    assert!(without.histogram(DURATION, &JOB).sum < upper.max(1.0));
}

/// Outside of the capture is the clock of the machine, from which the test's clock may be far away.
#[test]
fn a_job_that_leaves_the_capture_has_some_duration() {
    let captured = Captured::new();
    let clock = HandClock::of(&captured);
    let start = || JobMetrics::global().start("time.job");
    let (behind, ahead) = (
        captured.run(start),
        captured.run(|| {
            clock.advance(3600 * SECOND);
            start()
        }),
    );
    behind.complete();
    ahead.complete();
    let outside = start();
    captured.run(|| outside.complete());
    let durations = captured.histogram(DURATION, &JOB);
    assert_eq!(durations.count, 2);
    // The one whose start is an hour ahead did not take less than no time.
    assert_eq!(durations.min.unwrap(), 0.0);
    assert!(durations.max.unwrap() < 3600.0);
}

#[test]
fn the_clock_is_asked_twice_for_each_job() {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    let captured = Captured::new();
    captured.set_clock(|| {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Instant::now()
    });
    captured.run(|| JobMetrics::global().start("time.job").complete());
    assert_eq!(ASKED.load(Ordering::Relaxed), 2);
}
