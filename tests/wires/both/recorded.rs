//! Metrics of every kind, and the values that are recorded in them.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, SystemTime},
};

use osapi_metrics::{
    Counter, ErrorType, Gauge, Histogram, JobMetrics, LabelSet, LabelValue, MetricSet,
    ObservableCounter, ObservableGauge, ObservableUpDownCounter, UpDownCounter, instrumented_job,
    instruments::Observation,
};
use osapi_metrics_tests::otlp_receiver::{Export, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
enum Outcome {
    Done,
    GivenUp,
}

#[derive(Clone, Copy, Debug, LabelSet)]
struct OutcomeLabels {
    outcome: Outcome,
    retried: bool,
}

#[derive(Clone, Debug, LabelSet)]
struct TenantLabels {
    #[label(max = 10)]
    tenant: String,
    #[label(flatten)]
    outcome: OutcomeLabels,
}

/// Each instrument with every type of value and every kind of label.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "wires", allow(non_base_units))]
struct WireMetrics {
    /// A counter of whole numbers.
    #[metric(unit = "{item}")]
    items_total: Counter,
    /// A counter of fractions, "quoted" \ and all.
    #[metric(unit = "J")]
    energy_joules_total: Counter<(), f64>,
    /// A counter with closed labels.
    #[metric(unit = "{item}")]
    outcomes_total: Counter<OutcomeLabels>,
    /// A counter with an open label.
    #[metric(unit = "{item}", max_series = 1000)]
    tenants_total: Counter<TenantLabels>,
    /// A sum that goes both ways.
    queued: UpDownCounter,
    /// A sum of fractions that goes both ways.
    balance: UpDownCounter<OutcomeLabels, f64>,
    /// A gauge.
    #[metric(unit = "1")]
    fill_ratio: Gauge,
    /// A gauge below zero.
    #[metric(unit = "Cel")]
    temperature_celsius: Gauge<OutcomeLabels, i64>,
    /// A gauge of whole numbers.
    #[metric(unit = "By")]
    memory_bytes: Gauge<(), u64>,
    /// A gauge that is never set.
    #[expect(dead_code, reason = "that it is declared is enough")]
    never_set: Gauge,
    /// A histogram of times.
    #[metric(unit = "s", buckets = [0.1, 0.5, 1, 5])]
    wait_seconds: Histogram,
    /// A histogram of sizes.
    #[metric(unit = "By", buckets = [256, 1024, 4096])]
    body_bytes: Histogram<OutcomeLabels, u64>,
    /// A histogram that is never recorded.
    #[expect(dead_code, reason = "that it is declared is enough")]
    #[metric(unit = "s")]
    unused_seconds: Histogram,
    /// A name in dotted style and a unit that the translation has to add.
    #[metric(name = "wires.step.duration", unit = "ms", buckets = [5, 50, 500])]
    step_duration: Histogram<TenantLabels>,
    /// A counter in dotted style.
    #[metric(name = "wires.steps.total", unit = "{step}")]
    steps: Counter,
    /// A counter that is read.
    #[metric(unit = "By")]
    read_bytes_total: ObservableCounter,
    /// A counter of fractions that is read.
    #[metric(unit = "s")]
    cpu_seconds_total: ObservableCounter<(), f64>,
    /// A sum that is read.
    open_files: ObservableUpDownCounter,
    /// A sum of fractions that is read.
    load: ObservableUpDownCounter<OutcomeLabels, f64>,
    /// A gauge that is read.
    #[metric(unit = "s")]
    age_seconds: ObservableGauge,
    /// A gauge of whole numbers that is read, all series at once.
    depth: ObservableGauge<TenantLabels, u64>,
    /// A gauge below zero that is read, unless there is nothing to read.
    offset: ObservableGauge<OutcomeLabels, i64>,
    /// A counter with more values of a label than it allows.
    #[metric(unit = "{item}")]
    users_total: Counter<UserLabels>,
    #[metric(group = "first_pool")]
    first: PoolMetrics,
    #[metric(group = "second_pool")]
    second: PoolMetrics,
}

#[derive(Debug, MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// A counter of a group.
    opened_total: Counter,
    /// A histogram of a group.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<OutcomeLabels>,
}

#[derive(Clone, Debug, LabelSet)]
struct UserLabels {
    #[label(max = 2)]
    user: String,
}

/// The jobs of a service with names of its own.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "steps", job(labels = StepLabels), allow(non_base_units))]
struct StepMetrics {
    /// Step executions attempted.
    #[metric(name = "steps.executions.total", unit = "{step}", on = started)]
    executions: Counter<StepLabels>,
    /// Step executions that failed.
    #[metric(name = "steps.failures.total", unit = "{step}", on = failed)]
    failures: Counter<StepFailureLabels>,
    /// Step execution time.
    #[metric(name = "steps.execution.duration", unit = "ms", on = duration, buckets = [5, 50, 500])]
    duration: Histogram<StepLabels>,
    /// Steps now executing.
    #[metric(name = "steps.active_executions", unit = "{step}", on = active)]
    active: UpDownCounter<StepLabels>,
}

#[derive(Clone, Debug, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

#[derive(Clone, Debug, LabelSet)]
struct StepFailureLabels {
    #[label(flatten)]
    step: StepLabels,
    #[label(max = 10, job = error_type)]
    error_type: Cow<'static, str>,
}

#[instrumented_job(metrics = StepMetrics, labels = StepLabels { namespace: namespace.to_owned() })]
fn step(namespace: &str, result: Result<u32, WorkError>) -> Result<u32, WorkError> {
    result
}

#[derive(Debug, ErrorType)]
enum WorkError {
    NoSpace,
    #[error_type(timeout)]
    TooSlow,
}

#[instrumented_job(
    name = "wires.work",
    queued_at = queued_at,
    output_size = |output: &String| output.len(),
)]
async fn work(queued_at: SystemTime, end: Result<usize, WorkError>) -> Result<String, WorkError> {
    tokio::task::yield_now().await;
    Ok("x".repeat(end?))
}

#[instrumented_job(name = "wires.panic")]
fn panicking_work() {
    panic!("a panic of a job under test");
}

#[instrumented_job(name = "wires.endless")]
async fn endless_work() {
    std::future::pending::<()>().await;
}

/// Records in every metric. The observations end when the returned values are dropped.
pub(crate) fn record() -> Vec<Observation> {
    let metrics = WireMetrics::global();
    let done = OutcomeLabels { outcome: Outcome::Done, retried: false };
    let given_up = OutcomeLabels { outcome: Outcome::GivenUp, retried: true };
    let tenant = move |name: &str| TenantLabels { tenant: name.to_owned(), outcome: done };

    metrics.items_total.add(41);
    metrics.items_total.inc();
    metrics.energy_joules_total.add(0.1);
    metrics.energy_joules_total.add(0.2);
    metrics.outcomes_total.with(done).add(3);
    metrics.tenants_total.with(tenant("a \"b\" \\ c\nd")).inc();
    metrics.tenants_total.with(tenant("ü")).add(2);
    metrics.queued.add(5);
    metrics.queued.add(-7);
    metrics.balance.with(given_up).add(-2.5);
    metrics.fill_ratio.set(0.25);
    metrics.temperature_celsius.with(done).set(-4);
    metrics.memory_bytes.set(1 << 40);
    for seconds in [0.05, 0.1, 0.3, 2.0, 60.0] {
        metrics.wait_seconds.record(seconds);
    }
    for bytes in [1, 256, 257, 100_000] {
        metrics.body_bytes.with(given_up).record(bytes);
    }
    metrics.step_duration.with(tenant("a")).record_duration(Duration::from_millis(20));
    metrics.steps.add(9);

    for user in ["a", "b", "c", "d"] {
        metrics.users_total.with(UserLabels { user: user.to_owned() }).inc();
    }
    metrics.first.opened_total.add(2);
    metrics.second.opened_total.add(3);
    metrics.first.wait_seconds.with(done).record(0.5);
    metrics.second.wait_seconds.with(given_up).record(2.0);
    // These values are dropped.
    metrics.energy_joules_total.add(f64::NAN);
    metrics.energy_joules_total.add(-1.0);
    metrics.wait_seconds.record(f64::INFINITY);
    run_jobs();

    vec![
        metrics.read_bytes_total.observe(|| 12),
        metrics.cpu_seconds_total.observe(|| 1.5),
        metrics.open_files.observe(|| -3),
        metrics.load.with(done).observe(|| 0.5),
        metrics.age_seconds.observe(|| 0.75),
        metrics.depth.observe_each(move |observer| {
            observer.observe(&tenant("a"), 1);
            observer.observe(&tenant("b"), 2);
        }),
        metrics.offset.with(done).observe(|| -9),
        metrics.offset.with(given_up).observe(|| None),
    ]
}

/// Ends jobs in every way.
fn run_jobs() {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let created = JobMetrics::global().created("wires.work");
    for end in [Ok(1000), Ok(2), Err(WorkError::NoSpace), Err(WorkError::TooSlow)] {
        created.inc();
        let queued_at = SystemTime::now() - Duration::from_secs(90);
        // Other tests check the returned values.
        let _ = tokio.block_on(work(queued_at, end));
    }
    catch_unwind(AssertUnwindSafe(panicking_work)).unwrap_err();
    tokio.block_on(async {
        let task = tokio::spawn(endless_work());
        tokio::task::yield_now().await;
        task.abort();
        task.await.unwrap_err();
    });
    assert_eq!(step("blue", Ok(1)).unwrap(), 1);
    step("blue", Err(WorkError::NoSpace)).unwrap_err();
}

/// The key and the value of a label.
type Label = (&'static str, &'static str);

/// Asserts that the numbers are not only equal on both wires but correct.
pub(crate) fn check(export: &Export) {
    let done = [("outcome", "done"), ("retried", "false")];
    let given_up = [("outcome", "given_up"), ("retried", "true")];
    let (job, endless) = (("job_name", "wires.work"), ("job_name", "wires.endless"));
    let namespace = ("namespace", "blue");
    let numbers: &[(&str, &[Label], f64)] = &[
        ("wires_items_total", &[], 42.0),
        ("wires_energy_joules_total", &[], 0.1 + 0.2),
        ("wires_outcomes_total", &done, 3.0),
        ("wires_outcomes_total", &given_up, 0.0),
        ("wires_tenants_total", &[("tenant", "ü"), done[0], done[1]], 2.0),
        ("wires_queued", &[], -2.0),
        ("wires_balance", &given_up, -2.5),
        ("wires_fill_ratio", &[], 0.25),
        ("wires_temperature_celsius", &done, -4.0),
        ("wires_memory_bytes", &[], 1_099_511_627_776.0),
        ("wires.steps.total", &[], 9.0),
        ("wires_read_bytes_total", &[], 12.0),
        ("wires_cpu_seconds_total", &[], 1.5),
        ("wires_open_files", &[], -3.0),
        ("wires_age_seconds", &[], 0.75),
        ("osapi_jobs_created_total", &[job], 4.0),
        ("osapi_jobs_completed_total", &[job, ("status", "completed")], 2.0),
        ("osapi_jobs_completed_total", &[job, ("status", "failed")], 1.0),
        ("osapi_jobs_completed_total", &[job, ("status", "timed_out")], 1.0),
        ("osapi_jobs_completed_total", &[("job_name", "wires.panic"), ("status", "panicked")], 1.0),
        ("osapi_jobs_completed_total", &[endless, ("status", "cancelled")], 1.0),
        ("osapi_jobs_started_total", &[endless], 1.0),
        ("osapi_jobs_active", &[endless], 0.0),
        ("osapi_jobs_active", &[job], 0.0),
        ("wires_load", &done, 0.5),
        ("wires_depth", &[("tenant", "b"), done[0], done[1]], 2.0),
        ("wires_offset", &done, -9.0),
        ("wires_first_pool_opened_total", &[], 2.0),
        ("wires_second_pool_opened_total", &[], 3.0),
        ("wires_users_total", &[("user", "b")], 1.0),
        ("wires_users_total", &[("otel.metric.overflow", "true")], 2.0),
        ("osapi_metrics_overflowed_samples_total", &[("metric", "wires_users_total")], 2.0),
        ("osapi_metrics_dropped_samples_total", &[("metric", "wires_energy_joules_total")], 2.0),
        ("osapi_metrics_dropped_samples_total", &[("metric", "wires_wait_seconds")], 1.0),
        ("steps.executions.total", &[namespace], 2.0),
        ("steps.failures.total", &[namespace, ("error_type", "no_space")], 1.0),
        ("steps.active_executions", &[namespace], 0.0),
        ("osapi_job_errors_total", &[job, ("error_type", "no_space")], 1.0),
    ];
    for (name, labels, number) in numbers {
        assert_eq!(export.number(name, labels), Some(*number), "{name} {labels:?}");
    }
    let histogram = |name: &str| {
        let series: Vec<_> = export.metrics[name].series.values().cloned().collect();
        series
    };
    assert_eq!(
        histogram("wires_wait_seconds"),
        [Value::Histogram {
            count: 5,
            sum: 0.05 + 0.1 + 0.3 + 2.0 + 60.0,
            bounds: vec![0.1, 0.5, 1.0, 5.0],
            buckets: vec![2, 1, 0, 1, 1],
            min: Some(0.05),
            max: Some(60.0),
        }]
    );
    assert_eq!(
        histogram("wires_body_bytes"),
        [Value::Histogram {
            count: 4,
            sum: 100_514.0,
            bounds: vec![256.0, 1024.0, 4096.0],
            buckets: vec![2, 1, 0, 1],
            min: Some(1.0),
            max: Some(100_000.0),
        }]
    );
    for absent in ["wires_never_set", "wires_unused_seconds", "osapi_job_oldest_active_seconds"] {
        let series = export.metrics.get(absent).map_or(0, |metric| metric.series.len());
        assert_eq!(series, 0, "{absent}");
    }
}
