//! Declarations of every kind with all lints of clippy enabled. The lints that are allowed again
//! are broken by the handwritten code of this file.

#![deny(clippy::restriction, clippy::nursery)]
#![allow(
    clippy::absolute_paths,
    clippy::arbitrary_source_item_ordering,
    clippy::blanket_clippy_restriction_lints,
    clippy::default_numeric_fallback,
    clippy::implicit_return,
    clippy::missing_docs_in_private_items,
    clippy::missing_trait_methods,
    clippy::single_call_fn,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::tests_outside_test_module,
    reason = "this is how code is written here"
)]

use osapi_metrics::{
    Counter, ErrorType, Gauge, Histogram, JobStatus, LabelSet, LabelValue, MetricSet,
    ObservableGauge, UpDownCounter, instrumented_job,
    jobs::JobLabels,
    roles::{Count, Distribution, RecordRoles as _, Seconds},
};

const BUCKETS: &[f64] = &[0.5, 1.0];
const LIMIT: usize = 10;
const MAX_SERIES: usize = 40;
const PART: &str = "own_pool";
const PREFIX: &str = "lints_constants";

#[derive(Clone, Copy, Debug, LabelSet, LabelValue)]
enum Outcome {
    Done,
    #[label(other)]
    Other,
}

#[derive(Clone, Debug, LabelSet)]
struct StepLabels {
    outcome: Outcome,
    #[label(max = LIMIT)]
    queue: Option<String>,
    retried: bool,
}

#[derive(Clone, Debug, LabelSet)]
struct EndLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job = status)]
    status: JobStatus,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "lints", job(labels = JobLabels))]
struct StepMetrics {
    /// Steps now running.
    #[metric(on = active)]
    active: UpDownCounter<JobLabels>,
    /// Attempts that steps took.
    #[metric(buckets = [1, 2], on = attempts)]
    attempts: Histogram<JobLabels>,
    /// Steps that ended.
    #[metric(on = [completed, failed])]
    ended_total: Counter<EndLabels>,
    /// How full the queue is.
    #[metric(
        critical(above = 0.9, lasting = "5m"),
        renamed_from = "lints_level_ratio",
        absent_until = "somebody has looked",
        stale_after = "90s",
        unit = "1",
        warning(above = 0.8, lasting = "15m")
    )]
    fill_ratio: Gauge,
    /// Age of the oldest step.
    #[metric(on = oldest_active, unit = "s")]
    oldest_seconds: ObservableGauge<JobLabels>,
    /// Time that steps waited.
    #[metric(on = queue_wait, unit = "s")]
    queue_seconds: Histogram<JobLabels>,
    /// Steps that count.
    #[metric(on = slo_valid)]
    slo_valid_total: Counter<JobLabels>,
    /// Time of a step.
    #[metric(buckets = BUCKETS, on = duration, unit = "s", warning(above = 0.5, quantile = 0.9))]
    time_seconds: Histogram<JobLabels>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = PREFIX, runbook = "https://example.org/lints")]
struct ConstantMetrics {
    /// Steps.
    #[metric(max_series = MAX_SERIES, renamed_from = "lints_works_total")]
    steps_total: Counter<StepLabels>,
}

#[derive(Debug, MetricSet)]
#[metric_set(allow(semconv_names), group)]
struct PoolMetrics {
    /// Steps.
    #[metric(max_series = MAX_SERIES, renamed_from = "works_total")]
    steps_total: Counter<StepLabels>,
}

#[derive(Debug, MetricSet)]
#[metric_set(group)]
struct NestedMetrics {
    /// Steps that wait.
    #[expect(dead_code, reason = "the other metric is enough")]
    depth: Gauge,
    #[metric(group = PART)]
    pool: PoolMetrics,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = PREFIX)]
struct GroupedMetrics {
    #[metric(group)]
    nested: NestedMetrics,
    #[metric(group = "other_pool")]
    pool: PoolMetrics,
}

#[derive(Debug, Default)]
struct MailRoles {
    send_time: Distribution<Seconds>,
    sent: Count,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "lints_server", scope(labels = ServerLabels<'static>))]
struct ServerMetrics {
    /// Mails refused.
    refused_total: Counter,
    /// Mails refused for the job.
    jobs_refused_total: Counter<JobLabels>,
}

#[derive(Debug, LabelSet)]
struct ServerLabels<'server> {
    #[label(max = 10)]
    server: &'server str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "lints_mail", roles(of = MailRoles, labels = JobLabels))]
struct MailMetrics {
    /// Time to send a mail.
    #[metric(buckets = BUCKETS, on = send_time, records_in = "ms")]
    send_time: Histogram,
    /// Mails sent.
    #[metric(on = sent)]
    sent_total: Counter<JobLabels>,
}

#[derive(Debug, ErrorType)]
enum StepError {
    #[error_type(transparent)]
    Io(std::io::Error),
    #[error_type(timeout)]
    Late,
    #[error_type(benign)]
    Unchanged,
}

/// An error without timeouts and errors inside.
#[derive(Debug, ErrorType)]
enum QueueError {
    #[error_type(benign)]
    Empty,
    Full,
}

struct Queue(Vec<u8>);

#[instrumented_job(
    cancelled_if = |error| matches!(error, QueueError::Full),
    error_name = |_| "queue",
    prefix = "lints.queue",
)]
impl Queue {
    const LIMIT: usize = 1;

    #[instrumented_job(skip)]
    const fn new() -> Self {
        Self(Vec::new())
    }

    #[instrumented_job(ok_if = |error| matches!(error, QueueError::Full))]
    async fn push(&mut self, item: u8) -> Result<(), QueueError> {
        if self.0.len() == Self::LIMIT {
            return Err(QueueError::Full);
        }
        self.0.push(item);
        Ok(())
    }

    fn take(&mut self) -> Result<u8, QueueError> {
        self.0.pop().ok_or(QueueError::Empty)
    }
}

#[instrumented_job]
impl Extend<u8> for Queue {
    fn extend<I: IntoIterator<Item = u8>>(&mut self, iter: I) {
        self.0.extend(iter);
    }
}

#[instrumented_job(name = "lints.step", output_size = |bytes: &Vec<u8>| bytes.len())]
fn step(late: bool) -> Result<Vec<u8>, StepError> {
    if late {
        return Err(StepError::Late);
    }
    std::fs::read("").map_err(StepError::Io)
}

#[instrumented_job(
    attempt = attempt,
    labels = JobLabels { job_name: "lints.wait".into() },
    metrics = StepMetrics,
    queued_at = std::time::SystemTime::UNIX_EPOCH,
    slo(latency = "1s", min_events = 10, target = 0.5),
)]
async fn wait(queue: Option<String>, attempt: u8) -> usize {
    queue.map_or(0, |name| name.len())
}

/// Code that has each lint which the rest of this file breaks by hand.
mod by_the_letter {
    #![deny(clippy::implicit_return, unused_mut, unused_variables, unused_assignments)]
    #![allow(clippy::needless_return, reason = "the opposite of `implicit_return`")]

    use osapi_metrics::{instrumented_job, jobs::JobLabels};

    use super::StepMetrics;

    #[instrumented_job(name = "lints.sync")]
    fn sync(late: bool) -> usize {
        return usize::from(late);
    }

    #[instrumented_job(name = "lints.async")]
    async fn deferred(mut text: String, _: Vec<u8>, (first, _): (u8, Box<u8>)) -> usize {
        text.push(char::from(first));
        return text.len();
    }

    #[instrumented_job(
        attempt = attempt,
        labels = JobLabels { job_name: "lints.own_set".into() },
        metrics = StepMetrics,
    )]
    fn boxed(attempt: u8) -> Box<dyn Future<Output = u8> + Unpin> {
        return Box::new(core::future::ready(attempt));
    }

    #[instrumented_job(name = "lints.block")]
    fn block(value: u8) -> core::pin::Pin<Box<dyn Future<Output = u8>>> {
        return Box::pin(async move { return value });
    }

    #[instrumented_job(name = "lints.only_block")]
    fn only_block(value: u8) -> impl Future<Output = u8> {
        async move { return value }
    }

    /// What is written at the beginning of a body is about the function.
    #[instrumented_job(name = "lints.inner")]
    fn inner(unused: u8, text: Box<u8>) -> usize {
        #![expect(unused_variables, reason = "the attribute goes with the function")]
        //! Also this.
        return 1;
    }

    #[instrumented_job(name = "lints.inner_of_async")]
    async fn inner_of_async(unused: u8) -> usize {
        #![expect(unused_variables, reason = "the attribute goes with the function")]
        return 2;
    }

    #[test]
    fn generated_code_keeps_lints_that_other_code_here_breaks() {
        assert_eq!(sync(true), 1, "it is late");
        assert_eq!(crate::run(deferred("a".to_owned(), Vec::new(), (98, Box::new(1)))), 2, "`ab`");
        assert_eq!(crate::run(boxed(3)), 3, "the attempt");
        assert_eq!(crate::run(block(4)), 4, "the value");
        assert_eq!(crate::run(only_block(5)), 5, "the value");
        assert_eq!(inner(1, Box::new(1)), 1, "always");
        assert_eq!(crate::run(inner_of_async(1)), 2, "always");
    }
}

#[test]
fn generated_code_keeps_every_lint() {
    assert!(matches!(step(true), Err(StepError::Late)), "it is late");
    assert!(matches!(step(false), Err(StepError::Io(_))), "there is no such file");
    assert_eq!(crate::run(wait(None, 1)), 0, "nothing waits");
    let labels = StepLabels { outcome: Outcome::Done, queue: None, retried: false };
    ConstantMetrics::global().steps_total.with(labels.clone()).inc();
    GroupedMetrics::global().nested.pool.steps_total.with(labels.clone()).inc();
    GroupedMetrics::global().pool.steps_total.with(labels).inc();
    let mut queue = Queue::new();
    assert!(crate::run(queue.push(1)).is_ok(), "it is empty");
    assert!(matches!(crate::run(queue.push(2)), Err(QueueError::Full)), "it has an item");
    queue.extend([3]);
    assert!(queue.take().is_ok() && queue.take().is_ok(), "it has two");
    assert!(matches!(queue.take(), Err(QueueError::Empty)), "it has none");
    assert!(matches!(StepError::Unchanged.job_status(), JobStatus::Completed), "it is benign");
    StepMetrics::global().fill_ratio.set(1.0);
    let server = ServerMetrics::scoped(ServerLabels { server: "mx1" });
    server.refused_total.inc();
    server.jobs_refused_total.with(JobLabels { job_name: "lints.mail".into() }).inc();
    let roles = MailMetrics::global().roles(&JobLabels { job_name: "lints.mail".into() });
    roles.send_time.record(&(), 0.5);
    roles.sent.inc(&());
    assert!(matches!(Outcome::from("lost"), Outcome::Other), "it is not one of the other values");
}
