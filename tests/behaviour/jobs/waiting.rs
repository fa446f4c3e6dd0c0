//! The waits of jobs, from `queued_at` and `scheduled_at`.

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;
use osapi_metrics::{Histogram, LabelSet, MetricSet, QueuedAt, instrumented_job};

use super::steps::{poll, wait};
use crate::read_lines_with;

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Clone, Copy, Debug, LabelSet)]
struct Case {
    #[label(max = 50)]
    case: &'static str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "waiting", job(labels = Case))]
struct WaitMetrics {
    /// Waited.
    #[metric(unit = "s", on = queue_wait)]
    wait_seconds: Histogram<Case>,
}

/// The number of recorded waits of a case, and their sum.
fn waited(case: &str) -> Option<(u64, f64)> {
    let wait = read_lines_with(case).histogram("waiting_wait_seconds", &[("case", case)])?;
    Some((wait.count, wait.sum))
}

/// A wait as a broker reports it that counts the age of its messages.
#[derive(Debug)]
struct Age {
    seconds: u64,
}

impl QueuedAt for Age {
    fn waited(&self) -> Option<Duration> {
        Some(Duration::from_secs(self.seconds))
    }
}

struct Message {
    age: Age,
    sent_at: SystemTime,
    body: Vec<u8>,
}

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case: "a field of an argument" },
    queued_at = message.age,
)]
fn take_apart(message: Message) -> (Age, Vec<u8>) {
    (message.age, message.body)
}

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case: "a field behind a reference" },
    queued_at = &message.sent_at,
)]
async fn borrow(message: &Message) -> usize {
    wait(1).await;
    message.body.len()
}

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case: "an option of a reference" },
    queued_at = messages.first().map(|message| &message.age),
)]
fn first_of(messages: &[Message]) -> usize {
    messages.len()
}

#[tokio::test]
async fn the_time_of_an_argument_is_borrowed_for_a_moment() {
    let message =
        || Message { age: Age { seconds: 7 }, sent_at: SystemTime::now() - HOUR, body: vec![1] };
    let (age, body) = take_apart(message());
    assert_eq!((age.seconds, body), (7, vec![1]));
    assert_eq!(waited("a field of an argument"), Some((1, 7.0)));

    assert_eq!(borrow(&message()).await, 1);
    let (count, sum) = waited("a field behind a reference").unwrap();
    assert!(count == 1 && sum >= HOUR.as_secs_f64(), "{count} {sum}");

    assert_eq!(first_of(&[]), 0);
    assert_eq!(waited("an option of a reference"), None);
    assert_eq!(first_of(&[message(), message()]), 2);
    assert_eq!(waited("an option of a reference"), Some((1, 7.0)));
}

#[instrumented_job(metrics = WaitMetrics, labels = Case { case }, queued_at = at)]
fn queued(case: &'static str, at: impl QueuedAt + Copy) {}

#[test]
fn a_clock_makes_no_absurd_wait() {
    let now = SystemTime::now();
    queued("a clock that is ahead", now + 1000 * HOUR);
    assert_eq!(waited("a clock that is ahead"), Some((1, 0.0)));
    queued("a moment ahead", Some(Instant::now() + HOUR));
    assert_eq!(waited("a moment ahead"), Some((1, 0.0)));
    queued("before 1970", SystemTime::UNIX_EPOCH - Duration::from_nanos(1));
    queued("before 1970", SystemTime::UNIX_EPOCH - 1_000_000 * HOUR);
    assert_eq!(waited("before 1970"), None);
    queued("a field that was never set", SystemTime::UNIX_EPOCH);
    assert_eq!(waited("a field that was never set"), None);
}

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case },
    queued_at = queued,
    scheduled_at = scheduled,
)]
fn planned(
    case: &'static str,
    queued: Option<impl QueuedAt>,
    scheduled: Option<impl QueuedAt>,
) -> bool {
    queued.is_some() && scheduled.is_some()
}

#[test]
fn a_job_waits_from_when_it_was_both_queued_and_due() {
    let age = |seconds| Some(Age { seconds });
    for (case, queued, scheduled, expected) in [
        ("queued early for later", age(3600), age(1), Some(1.0)),
        ("queued again when it was due", age(2), age(3600), Some(2.0)),
        ("due at once", age(5), None, Some(5.0)),
        ("planned only", None, age(6), Some(6.0)),
        ("neither", None, None, None),
    ] {
        planned(case, queued, scheduled);
        assert_eq!(waited(case), expected.map(|seconds| (1, seconds)), "{case}");
    }
    let now = SystemTime::now();
    planned("before it was due", Some(now - HOUR), Some(now + HOUR));
    assert_eq!(waited("before it was due"), Some((1, 0.0)));
    planned("queued before 1970", Some(SystemTime::UNIX_EPOCH - HOUR), age(8));
    assert_eq!(waited("queued before 1970"), Some((1, 8.0)));
    planned("due before 1970", age(9), Some(SystemTime::UNIX_EPOCH - HOUR));
    assert_eq!(waited("due before 1970"), Some((1, 9.0)));
}

#[test]
fn a_job_that_was_only_planned_records_how_late_it_is() {
    #[instrumented_job(
        metrics = WaitMetrics,
        labels = Case { case: "late" },
        scheduled_at = due,
    )]
    async fn late(due: Age) -> u64 {
        wait(1).await;
        due.seconds
    }
    let mut on_time = Box::pin(late(Age { seconds: 0 }));
    assert!(poll(on_time.as_mut()).is_pending());
    assert_eq!(waited("late"), Some((1, 0.0)), "recorded when the job starts");
    let mut late = Box::pin(late(Age { seconds: 11 }));
    assert!(poll(late.as_mut()).is_pending());
    assert_eq!(waited("late"), Some((2, 11.0)));
}

/// A future whose job records its wait, and the number of reads of the age.
struct WaitCase<'a> {
    case: &'static str,
    asked: &'a AtomicU32,
    times: u32,
    future: Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
}

/// An age that counts how often it is read.
fn counted(reads: &AtomicU32) -> Age {
    reads.fetch_add(1, Ordering::Relaxed);
    Age { seconds: 10 }
}

static SYNC: AtomicU32 = AtomicU32::new(0);
static ASYNC: AtomicU32 = AtomicU32::new(0);
static METHOD: AtomicU32 = AtomicU32::new(0);
static FUTURE: AtomicU32 = AtomicU32::new(0);

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case: "sync" },
    queued_at = counted(&SYNC),
    scheduled_at = counted(&SYNC),
)]
fn of_a_function() {}

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case: "async" },
    queued_at = counted(&ASYNC),
    scheduled_at = counted(&ASYNC),
)]
async fn of_an_async_function() {
    wait(3).await;
}

#[async_trait]
trait Work {
    async fn work(&self, awaits: usize);
}

#[async_trait]
impl Work for Message {
    #[instrumented_job(
        metrics = WaitMetrics,
        labels = Case { case: "method" },
        queued_at = self.age,
        scheduled_at = counted(&METHOD),
    )]
    async fn work(&self, awaits: usize) {
        wait(awaits).await;
    }
}

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case: "future" },
    queued_at = counted(&FUTURE),
    scheduled_at = counted(&FUTURE),
)]
fn of_a_future(awaits: usize) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let future = wait(awaits);
    Box::pin(future)
}

#[test]
fn a_job_records_its_wait_once_however_often_it_is_polled() {
    of_a_function();
    assert_eq!(SYNC.load(Ordering::Relaxed), 2);
    assert_eq!(waited("sync"), Some((1, 10.0)));

    let message =
        Message { age: Age { seconds: 11 }, sent_at: SystemTime::now(), body: Vec::new() };
    let of_method = message.work(3);
    let futures = [
        WaitCase {
            case: "async",
            asked: &ASYNC,
            times: 2,
            future: Box::pin(of_an_async_function()),
        },
        WaitCase { case: "method", asked: &METHOD, times: 1, future: of_method },
        WaitCase { case: "future", asked: &FUTURE, times: 2, future: of_a_future(3) },
    ];
    for WaitCase { case, asked, times, mut future } in futures {
        assert_eq!(waited(case), None, "{case}");
        assert!(poll(future.as_mut()).is_pending());
        let recorded = waited(case);
        // A future that a function returned has waited a little longer.
        assert!(recorded >= Some((1, 10.0)) && recorded < Some((2, 0.0)), "{case}: {recorded:?}");
        for _ in 0..2 {
            assert!(poll(future.as_mut()).is_pending());
        }
        assert!(poll(future.as_mut()).is_ready());
        drop(future);
        assert_eq!(asked.load(Ordering::Relaxed), times, "{case}");
        assert_eq!(waited(case), recorded, "{case}");
    }
    drop(of_an_async_function());
    assert_eq!(ASYNC.load(Ordering::Relaxed), 2, "no job, no wait");
}

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case: "returned" },
    queued_at = Age { seconds: 12 },
)]
fn return_a_future() -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let future = wait(0);
    Box::pin(future)
}

#[test]
fn a_job_whose_future_is_returned_waits_until_it_is_polled() {
    let mut future = return_a_future();
    let returned = Instant::now();
    while returned.elapsed() < Duration::from_millis(3) {
        std::hint::spin_loop();
    }
    let longer = returned.elapsed().as_secs_f64();
    assert!(poll(future.as_mut()).is_ready());
    let (count, sum) = waited("returned").unwrap();
    // The clocks of jobs and of this test may differ by some parts in a hundred thousand.
    assert!(count == 1 && sum >= 12.0 + 0.99 * longer, "{count} {sum} {longer}");
}

#[instrumented_job(
    metrics = WaitMetrics,
    labels = Case { case: "returned early" },
    scheduled_at = SystemTime::now() + Duration::from_secs(3600),
)]
fn return_a_future_early() -> Pin<Box<dyn Future<Output = ()> + Send>> {
    let future = wait(0);
    Box::pin(future)
}

#[test]
fn a_returned_future_that_is_not_due_yet_waits_for_nothing() {
    let mut future = return_a_future_early();
    assert!(poll(future.as_mut()).is_ready());
    assert_eq!(waited("returned early"), Some((1, 0.0)));
}
