//! A module without a prelude: only names that it imports itself are in scope.

#![no_implicit_prelude]

use ::osapi_metrics::{
    Counter, ErrorType, Gauge, Histogram, JobStatus, LabelSet, LabelValue, MetricSet,
    ObservableGauge, UpDownCounter, instrumented_job,
    jobs::{JobLabels, JobStage},
    roles::{Count, Distribution, RecordRoles, Seconds},
};

const WAIT_BUCKETS: [f64; 2] = [0.5, 1.0];
const PREFIX: &str = "no_prelude_constants";
const PART: &str = "pool";
const MAX: usize = 10;
const MAX_SERIES: usize = 5 * MAX;

#[derive(::core::clone::Clone, LabelSet)]
struct RecentLabels {
    #[label(recent = 5)]
    tenant: ::std::string::String,
    #[label(max = MAX)]
    queue: &'static str,
}

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX, runbook = "https://example.org/no_prelude")]
struct ConstantMetrics {
    /// Steps by tenant.
    #[metric(unit = "{step}", max_series = MAX_SERIES)]
    steps_total: Counter<RecentLabels>,
    /// Size of what steps read.
    #[metric(unit = "By", renamed_from = "no_prelude_size_bytes")]
    read_bytes: Histogram,
}

#[derive(MetricSet)]
#[metric_set(group, allow(non_base_units))]
struct PoolMetrics {
    /// Steps by tenant.
    #[metric(unit = "{step}", max_series = MAX_SERIES, renamed_from = "steps_made_total")]
    steps_total: Counter<RecentLabels>,
    /// Size of what steps read.
    #[metric(unit = "By", buckets = WAIT_BUCKETS)]
    read_bytes: Histogram,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct NestedMetrics {
    #[metric(group)]
    pool: PoolMetrics,
}

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct GroupedMetrics {
    #[metric(group = PART)]
    pool: PoolMetrics,
    /// Steps that wait.
    steps_waiting: Gauge,
    #[metric(group = "nested")]
    nested: NestedMetrics,
}

#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, LabelValue, LabelSet)]
enum Outcome {
    Done,
    #[label(other)]
    Lost,
}

impl ::core::convert::From<JobStage<'_>> for Outcome {
    fn from(_: JobStage<'_>) -> Self {
        Outcome::Done
    }
}

#[derive(LabelSet)]
#[label(job(labels = JobLabels))]
struct NameLabels {
    #[label(max = 10)]
    job_name: ::std::borrow::Cow<'static, str>,
    #[label(job = stage)]
    stage: Outcome,
    #[label(job = error_type)]
    outcome: Outcome,
    #[label(max = 10, job = error_name)]
    error_name: ::std::string::String,
}

#[derive(::core::clone::Clone, LabelSet)]
struct StepLabels<'a> {
    outcome: Outcome,
    retried: bool,
    #[label(max = 10)]
    queue: &'a str,
}

#[derive(::core::clone::Clone, LabelSet)]
struct EndLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job = status)]
    status: JobStatus,
    #[label(max = 10, job = error_type)]
    error_type: ::std::string::String,
}

#[derive(MetricSet)]
#[metric_set(prefix = "no_prelude", job(labels = JobLabels))]
struct StepMetrics {
    /// Steps by outcome.
    steps_total: Counter<StepLabels<'static>>,
    /// Steps that failed.
    #[metric(on = failed, max_series = 10_000)]
    steps_failed_total: Counter<EndLabels>,
    /// Steps that timed out.
    #[metric(on = timed_out)]
    steps_late_total: Counter<NameLabels>,
    /// Steps now running.
    #[metric(on = active)]
    steps_active: UpDownCounter<JobLabels>,
    /// How far the steps are.
    #[metric(
        unit = "1",
        renamed_from = "no_prelude_done_ratio",
        absent_until = "somebody has looked",
        stale_after = "90s",
        warning(below = 0.5, lasting = "5m"),
        critical(at_most = 0.25)
    )]
    progress_ratio: Gauge,
    /// Time that steps waited.
    #[metric(
        unit = "s",
        buckets = WAIT_BUCKETS,
        on = queue_wait,
        warning(at_least = 1, quantile = 0.95),
    )]
    wait_seconds: Histogram<JobLabels>,
    /// Age of the oldest step.
    #[metric(unit = "s", on = oldest_active)]
    oldest_seconds: ObservableGauge<JobLabels>,
}

#[derive(::core::fmt::Debug, ::core::default::Default)]
struct MailRoles {
    sent: Count,
    send_time: Distribution<Seconds>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "no_prelude_server", scope(labels = NameOfServer))]
struct ServerMetrics {
    /// Mails refused.
    refused_total: Counter,
}

#[derive(MetricSet)]
#[metric_set(prefix = "no_prelude_mail", roles(of = MailRoles, labels = NameOfServer))]
struct MailMetrics {
    /// Mails sent.
    #[metric(on = sent)]
    sent_total: Counter<NameOfServer>,
    /// Time to send a mail.
    #[metric(records_in = "ms", buckets = WAIT_BUCKETS, on = send_time)]
    send_time: Histogram,
}

#[derive(::core::clone::Clone, LabelSet)]
struct NameOfServer {
    #[label(max = 10)]
    server: &'static str,
}

#[derive(ErrorType)]
enum StepError {
    #[error_type(timeout)]
    Late,
    #[error_type(transparent)]
    Io(::std::io::Error),
    #[error_type(transparent)]
    Any(::std::boxed::Box<dyn ::std::error::Error>),
}

#[derive(::core::fmt::Debug, ErrorType)]
enum QueueError {
    Full,
    #[error_type(benign)]
    Empty,
    #[error_type(transparent)]
    Format(::std::fmt::Error),
}

impl ::std::fmt::Display for QueueError {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.write_str("the queue is full")
    }
}

impl ::std::error::Error for QueueError {}

#[instrumented_job(name = "no_prelude.step", output_size = |steps: &u32| *steps)]
fn step(steps: u32) -> ::core::result::Result<u32, StepError> {
    match steps {
        0 => ::core::result::Result::Err(StepError::Late),
        1 => ::core::result::Result::Err(StepError::Io(::std::io::Error::other(""))),
        steps => ::core::result::Result::Ok(steps),
    }
}

#[instrumented_job(
    metrics = StepMetrics,
    labels = JobLabels { job_name: ::std::borrow::Cow::Borrowed("no_prelude.wait") },
    queued_at = queued_at,
    error_type = |error: &StepError| ErrorType::error_type(error),
)]
async fn wait(queued_at: ::std::time::SystemTime) -> ::core::result::Result<(), StepError> {
    if queued_at == ::std::time::SystemTime::UNIX_EPOCH {
        return ::core::result::Result::Ok(());
    }
    ::core::result::Result::Err(StepError::Late)
}

struct Steps(u8);

#[instrumented_job(
    prefix = "no_prelude.steps",
    ok_if = |error: &StepError| ::core::matches!(error, StepError::Late),
    cancelled_if = |error: &StepError| ::core::matches!(error, StepError::Io(_)),
)]
impl Steps {
    fn one(&self) -> ::core::result::Result<u8, StepError> {
        if self.0 == 0 {
            return ::core::result::Result::Err(StepError::Late);
        }
        ::core::result::Result::Ok(self.0)
    }

    async fn another(self) -> u8 {
        self.0
    }
}

#[test]
fn declarations_bring_all_they_need() {
    for steps in 0..3 {
        ::core::assert_eq!(step(steps).is_ok(), steps == 2);
    }
    ::core::assert!(super::run(wait(::std::time::SystemTime::now())).is_err());
    let any = StepError::Any(::std::convert::From::from(QueueError::Full));
    ::core::assert_eq!(any.error_type(), "full");
    ::core::assert!(::core::matches!(QueueError::Empty.job_status(), JobStatus::Completed));
    ::core::assert!(Steps(0).one().is_err());
    ::core::assert_eq!(super::run(Steps(1).another()), 1);
    let format = QueueError::Format(::std::fmt::Error);
    ::core::assert_eq!(format.error_type(), "other");
    let labels = StepLabels { outcome: Outcome::Done, retried: false, queue: "mail" };
    let metrics = StepMetrics::global();
    metrics.steps_total.with(::core::clone::Clone::clone(&labels)).inc();
    metrics.progress_ratio.set(1.0);
    let job = JobLabels { job_name: ::std::borrow::Cow::Borrowed("no_prelude.wait") };
    let outcome: Outcome = ::core::convert::From::from("lost in transit");
    ::core::assert!(::core::matches!(outcome, Outcome::Lost));
    let error_type = ::std::string::String::new();
    let end = EndLabels { job, status: JobStatus::Failed, error_type };
    ::core::assert_eq!(
        LabelSet::combination(&end),
        LabelSet::combination(&::core::clone::Clone::clone(&end))
    );
    ::core::assert_eq!(StepMetrics::DESCRIPTORS.len(), 7);
    let progress = &StepMetrics::DESCRIPTORS[4];
    ::core::assert_eq!(
        progress.renamed_from,
        ::core::option::Option::Some("no_prelude_done_ratio")
    );
    ::core::assert_eq!(progress.thresholds.len(), 2);
    let [steps, read] = ConstantMetrics::DESCRIPTORS else { ::core::panic!("two are declared") };
    ::core::assert_eq!(steps.prometheus_name(), "no_prelude_constants_steps_total");
    ::core::assert_eq!(read.prometheus_name(), "no_prelude_constants_read_bytes");
    let tenant = RecentLabels { tenant: ::std::string::String::new(), queue: "mail" };
    ConstantMetrics::global().steps_total.with(tenant).inc();
    ConstantMetrics::global().read_bytes.record(1.0);
    let grouped = GroupedMetrics::global();
    grouped.pool.read_bytes.record(1.0);
    grouped.steps_waiting.set(1.0);
    let tenant = RecentLabels { tenant: ::std::string::String::new(), queue: "mail" };
    grouped.nested.pool.steps_total.with(tenant).inc();
    grouped.nested.pool.read_bytes.record(1.0);
    ::core::assert_eq!(
        GroupedMetrics::DESCRIPTORS[3].name,
        "no_prelude_constants_nested_pool_steps_total"
    );
    ServerMetrics::scoped(NameOfServer { server: "mx1" }).refused_total.inc();
    let roles = MailMetrics::global().roles(&NameOfServer { server: "mx1" });
    roles.sent.inc(&());
    roles.send_time.record(&(), 0.5);
}
