mod functions;

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::SystemTime,
};

use osapi_metrics::{
    Counter, Gauge, Histogram, JobMetrics, LabelSet, MetricSet, Metrics, UpDownCounter,
    config::{Environment, MetricsConfig},
    descriptor::{LabelDescriptor, LabelValues},
    exposition::Format,
    instrumented_job,
    labels::{LabelRef, LabelVisitor},
};
use osapi_metrics_tests::reading::{Reading, install};

use crate::take_turn;

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "disabled")]
struct Recorded {
    /// Counted.
    jobs_total: Counter,
    /// Held.
    held: UpDownCounter,
    /// Set.
    level: Gauge,
    /// Recorded.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram,
}

/// The number of evaluations of expressions of jobs.
static EVALUATED: AtomicU32 = AtomicU32::new(0);

fn evaluated<T>(value: T) -> T {
    EVALUATED.fetch_add(1, Ordering::Relaxed);
    value
}

#[instrumented_job(
    name = "disabled.job",
    queued_at = evaluated(SystemTime::now()),
    output_size = |output: &u8| evaluated(usize::from(*output)),
    error_type = |_: &String| evaluated("mine"),
)]
fn job(output: u8) -> Result<u8, String> {
    if output > 0 { Ok(output) } else { Err("nothing".to_owned()) }
}

fn record() {
    let recorded = Recorded::global();
    recorded.jobs_total.inc();
    recorded.held.inc();
    recorded.level.set(1.0);
    recorded.wait_seconds.record(0.5);
    recorded.wait_seconds.start_timer().stop();
    assert_eq!(recorded.wait_seconds.time(|| 3), 3);
    JobMetrics::global().created("disabled.job").inc();
    assert_eq!(job(7), Ok(7));
    assert_eq!(job(0), Err("nothing".to_owned()));
}

pub(crate) fn off() -> Metrics {
    let metrics = Metrics::builder().config(MetricsConfig::default());
    metrics.environment(Environment::default()).install().unwrap()
}

#[test]
fn nothing_is_recorded_or_evaluated_while_metrics_are_off() {
    let _turn = take_turn();
    let early = Recorded::global().held.guard();
    let off = off();
    record();
    assert_eq!(off.render(Format::OpenMetrics), "# EOF\n");
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 0);
    // `early` began while metrics were on, `late` ends while they are on: neither leaves a trace.
    let late = Recorded::global().held.guard();
    drop(early);
    off.flush().unwrap();
    off.shutdown().unwrap();

    let on = install();
    drop(late);
    let reading = Reading::of(&on);
    assert_eq!(reading.number("disabled_jobs_total", &[]), Some(0.0));
    assert_eq!(reading.number("disabled_held", &[]), Some(0.0));
    assert_eq!(reading.number("disabled_level", &[]), None);
    assert_eq!(reading.histogram("disabled_wait_seconds", &[]), None);
    let name = [("job_name", "disabled.job")];
    for metric in ["osapi_jobs_created_total", "osapi_jobs_started_total", "osapi_jobs_active"] {
        assert_eq!(reading.number(metric, &name), Some(0.0), "{metric}");
    }

    record();
    let reading = Reading::of(&on);
    assert_eq!(reading.number("disabled_jobs_total", &[]), Some(1.0));
    assert_eq!(reading.histogram("disabled_wait_seconds", &[]).unwrap().count, 3);
    assert_eq!(reading.number("osapi_jobs_started_total", &name), Some(2.0));
    let mine = [("job_name", "disabled.job"), ("error_type", "mine")];
    assert_eq!(reading.number("osapi_job_errors_total", &mine), Some(1.0));
    assert_eq!(EVALUATED.load(Ordering::Relaxed), 4);
}

#[instrumented_job(name = "disabled.across")]
async fn across(wait: tokio::sync::oneshot::Receiver<()>) -> bool {
    wait.await.is_ok()
}

#[test]
fn a_job_that_runs_while_metrics_go_off_leaves_the_active_ones() {
    let _turn = take_turn();
    let (end, wait) = tokio::sync::oneshot::channel();
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let task = tokio.spawn(across(wait));
    tokio.block_on(tokio::task::yield_now());
    let name = [("job_name", "disabled.across")];
    let on = install();
    assert_eq!(Reading::of(&on).number("osapi_jobs_active", &name), Some(1.0));
    drop(on);

    let off = off();
    end.send(()).unwrap();
    assert!(tokio.block_on(task).unwrap());
    drop(off);
    let reading = Reading::of(&install());
    assert_eq!(reading.number("osapi_jobs_active", &name), Some(0.0));
    assert_eq!(reading.number("osapi_job_oldest_active_seconds", &name), None);
}

/// A label that counts how often its value is read.
#[derive(Clone, Debug)]
struct Named(&'static str);

static VISITS: AtomicU32 = AtomicU32::new(0);

impl LabelSet for Named {
    const LABELS: &'static [LabelDescriptor] =
        &[LabelDescriptor::new("name", LabelValues::Open { max: 10 })];

    fn visit(&self, visitor: &mut LabelVisitor<'_>) {
        VISITS.fetch_add(1, Ordering::Relaxed);
        visitor(LabelRef::Str(self.0));
    }

    fn combination(&self) -> usize {
        0
    }
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "sought", job(labels = Named))]
struct Sought {
    /// Counted.
    #[metric(on = started)]
    jobs_total: Counter<Named>,
    /// Held.
    #[metric(on = active)]
    held: UpDownCounter<Named, f64>,
    /// Set.
    level: Gauge<Named, u64>,
    /// Recorded.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Named>,
}

#[instrumented_job(metrics = Sought, labels = evaluated(Named("job")))]
fn of_its_own_set() {}

#[test]
fn no_series_is_looked_for_while_metrics_are_off() {
    let _turn = take_turn();
    let off = off();
    let (visits, evaluations) = (VISITS.load(Ordering::Relaxed), EVALUATED.load(Ordering::Relaxed));
    let use_all = || {
        let sought = Sought::global();
        sought.jobs_total.with(Named("a")).inc();
        drop(sought.held.with(Named("a")).guard());
        sought.level.with(Named("a")).set(1);
        sought.level.with(Named("a")).clear();
        sought.wait_seconds.with(Named("a")).record(0.5);
        sought.wait_seconds.with(Named("a")).start_timer().stop();
        of_its_own_set();
        JobMetrics::global().created("disabled.sought").inc();
        job(7).unwrap();
    };
    let allocated = allocation_counter::measure(use_all);
    assert_eq!(allocated.count_total, 0);
    assert_eq!(VISITS.load(Ordering::Relaxed), visits);
    assert_eq!(EVALUATED.load(Ordering::Relaxed), evaluations);
    // A handle that was made while metrics are off never records.
    let kept = Sought::global().jobs_total.with(Named("a"));
    drop(off);

    let on = install();
    kept.inc();
    assert_eq!(Reading::of(&on).number("sought_jobs_total", &[("name", "a")]), None);
    Sought::global().jobs_total.with(Named("a")).inc();
    kept.inc();
    assert_eq!(Reading::of(&on).number("sought_jobs_total", &[("name", "a")]), Some(1.0));
    assert!(VISITS.load(Ordering::Relaxed) > visits);
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "read_off")]
struct ReadWhileOff {
    /// Counted.
    closed_total: Counter,
    /// Counted by name.
    open_total: Counter<Named>,
    /// Set by name.
    level: Gauge<Named>,
    /// Recorded by name.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram<Named>,
}

#[test]
fn while_metrics_are_off_the_values_of_before_are_read() {
    let _turn = take_turn();
    let read = ReadWhileOff::global();
    let name = || Named("a");
    let record = || {
        read.closed_total.inc();
        read.open_total.with(name()).inc();
        read.level.with(name()).set(2.5);
        read.wait_seconds.with(name()).record(0.5);
    };
    record();
    let taken = read.open_total.with(name());
    let off = off();
    record();
    read.level.with(name()).clear();
    assert_eq!((read.closed_total.get(), taken.get()), (1, 1));
    assert_eq!(read.open_total.find(name()).map(|series| series.get()), Some(1));
    assert_eq!(read.level.find(name()).and_then(|series| series.get()), Some(2.5));
    let seconds = read.wait_seconds.find(name()).unwrap().get();
    assert_eq!((seconds.count, seconds.sum), (1, 0.5));
    assert!(read.open_total.find(Named("b")).is_none());
    // `with` finds no series of open labels while metrics are off.
    assert_eq!(read.open_total.with(name()).get(), 0);
    assert_eq!(read.level.with(name()).get(), None);
    assert_eq!(read.wait_seconds.with(name()).get().count, 0);
    drop(off);

    drop(install());
    record();
    assert_eq!((read.closed_total.get(), taken.get()), (2, 2));
}
