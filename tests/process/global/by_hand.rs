use std::{
    num::NonZeroU32,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use osapi_metrics::{
    Counter, ErrorType, JobGuard, JobMetricSet, JobMetrics, LabelSet, LabelValue, MetricSet,
    QueuedAt, UpDownCounter, jobs::AttemptNumber,
};
use osapi_metrics_tests::reading::{Reading, install};

use crate::{disabled::off, take_turn};

/// The number of calls of the methods that describe a job.
static ASKED: AtomicU32 = AtomicU32::new(0);

/// Describes a job in every way, and counts the calls.
#[derive(Clone, Copy, Debug)]
struct Description;

impl QueuedAt for Description {
    fn waited(&self) -> Option<Duration> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Some(Duration::from_secs(1))
    }
}

impl AttemptNumber for Description {
    fn number(&self) -> Option<NonZeroU32> {
        ASKED.fetch_add(1, Ordering::Relaxed);
        NonZeroU32::new(2)
    }
}

impl ErrorType for Description {
    fn error_type(&self) -> &'static str {
        ASKED.fetch_add(1, Ordering::Relaxed);
        "description"
    }
}

impl From<Description> for std::borrow::Cow<'static, str> {
    fn from(_: Description) -> Self {
        ASKED.fetch_add(1, Ordering::Relaxed);
        "by_hand.off".into()
    }
}

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Queue {
    Urgent,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "by_hand", job(labels = Queue))]
struct QueueMetrics {
    /// Submitted.
    #[metric(on = created)]
    created_total: Counter<Queue>,
    /// Running.
    #[metric(on = active)]
    running: UpDownCounter<Queue>,
}

fn start() -> JobGuard {
    JobMetrics::global().start(Description).queued_at(Description).attempt(Description, true)
}

fn end_in_every_way() {
    start().complete();
    start().fail("refused");
    start().fail("timeout");
    start().finish(&Ok::<(), Description>(()));
    start().finish(&Err::<(), Description>(Description));
    start().output_size(7);
    QueueMetrics::global().created(&Queue::Urgent);
    QueueMetrics::global().start(Queue::Urgent).complete();
}

#[test]
fn jobs_by_hand_cost_nothing_while_metrics_are_off() {
    let _turn = take_turn();
    let off = off();
    let panicking = || {
        let _job = start();
        resume_unwind(Box::new("as asked"))
    };
    let allocated = allocation_counter::measure(end_in_every_way);
    assert_eq!(allocated.count_total, 0);
    catch_unwind(AssertUnwindSafe(panicking)).unwrap_err();
    assert_eq!(ASKED.load(Ordering::Relaxed), 0);
    let [begun, dropped] = [start(), start()];
    drop(off);

    let on = install();
    // A job whose start was not recorded has no end.
    begun.complete();
    drop(dropped);
    let reading = Reading::of_lines_with("by_hand", &on);
    let name = ("job_name", "by_hand.off");
    let started =
        || Reading::of_lines_with(name.1, &on).number("osapi_jobs_started_total", &[name]);
    assert_eq!(started(), None);
    assert_eq!(reading.number("by_hand_created_total", &[("queue", "urgent")]), Some(0.0));
    end_in_every_way();
    assert_eq!(started(), Some(6.0));
    assert!(ASKED.load(Ordering::Relaxed) > 6);
}

#[test]
fn a_job_by_hand_that_outlives_recording_leaves_the_active_ones() {
    let _turn = take_turn();
    let on = install();
    let [complete, dropped] = [0, 1].map(|_| JobMetrics::global().start("by_hand.outlives"));
    let queued = QueueMetrics::global().start(Queue::Urgent);
    drop(on);

    let off = off();
    complete.complete();
    drop((dropped, queued));
    drop(off);
    let reading = Reading::of_lines_with("by_hand", &install());
    let name = [("job_name", "by_hand.outlives")];
    assert_eq!(reading.number("osapi_jobs_active", &name), Some(0.0));
    assert_eq!(reading.number("osapi_job_oldest_active_seconds", &name), None);
    assert_eq!(reading.number("by_hand_running", &[("queue", "urgent")]), Some(0.0));
}
