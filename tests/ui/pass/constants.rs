//! What attributes may name by the path of a constant.

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricDescriptor, MetricSet, UpDownCounter,
    instrumented_job,
    descriptor::{InstrumentKind, LabelDescriptor, LabelValues, MetricRules, ValueType},
};

mod limits {
    pub(crate) const PREFIX: &str = concat!("my", "_app");
    pub(crate) static QUEUE_PREFIX: &str = "queue";
    pub(crate) const QUEUES: usize = 50;
    pub(crate) const LAST_TENANTS: usize = QUEUES * 2;
    pub(crate) const MAX_SERIES: usize = LAST_TENANTS * QUEUES;
    pub(crate) const ARRAY: [f64; 2] = [0.1, 1.0];
    pub(crate) const SLICE: &[f64] = &[0.2, 1.0];
    pub(crate) const REFERENCE: &[f64; 2] = &[0.3, 1.0];
    pub(crate) static STATIC: [f64; 2] = [0.4, 1.0];
}

#[derive(Clone, LabelSet)]
struct Labels<'a> {
    #[label(max = limits::QUEUES)]
    queue: &'static str,
    #[label(recent = limits::LAST_TENANTS)]
    tenant: std::borrow::Cow<'static, str>,
    #[label(max = 1)]
    borrowed: &'a str,
}

#[derive(MetricSet)]
#[metric_set(prefix = limits::PREFIX)]
struct App {
    /// Requests.
    #[metric(unit = "{request}", max_series = limits::MAX_SERIES)]
    requests_total: Counter<Labels<'static>>,
    /// Workers.
    #[metric(name = "my_app.workers")]
    workers: Gauge,
    /// Time, from an array.
    #[metric(unit = "s", buckets = limits::ARRAY)]
    array_seconds: Histogram,
    /// Time, from a slice.
    #[metric(unit = "s", buckets = limits::SLICE)]
    slice_seconds: Histogram,
    /// Time, from a reference to an array.
    #[metric(unit = "s", buckets = limits::REFERENCE)]
    reference_seconds: Histogram,
    /// Time, from a static.
    #[metric(unit = "s", buckets = limits::STATIC)]
    static_seconds: Histogram,
}

#[derive(MetricSet)]
#[metric_set(prefix = limits::QUEUE_PREFIX, allow(non_base_units))]
struct Queue {
    /// Time spent waiting.
    #[metric(unit = "ms", buckets = [1, 10])]
    wait_milliseconds: Histogram,
}

impl Unprefixed {
    const PREFIX: &'static str = "";
}

#[derive(MetricSet)]
#[metric_set(prefix = Unprefixed::PREFIX, allow(semconv_names))]
struct Unprefixed {
    /// Items seen.
    items_seen_total: Counter,
    /// Requests.
    #[metric(name = "http.requests")]
    requests: Counter,
}

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = limits::QUEUES)]
    queue: &'static str,
}

#[derive(MetricSet)]
#[metric_set(prefix = limits::PREFIX, job(labels = StepLabels))]
struct Steps {
    /// Steps begun.
    #[metric(unit = "{step}", on = started)]
    steps_started_total: Counter<StepLabels>,
    /// Steps now running.
    #[metric(unit = "{step}", on = active)]
    steps_active: UpDownCounter<StepLabels>,
    /// Time of a step.
    #[metric(unit = "s", buckets = limits::SLICE, on = duration)]
    step_duration_seconds: Histogram<StepLabels>,
}

#[instrumented_job(metrics = Steps, labels = StepLabels { queue: "mail" })]
fn step() {}

const WAIT: MetricDescriptor =
    MetricDescriptor::new("queue.wait", InstrumentKind::Histogram, ValueType::F64)
        .with_unit("s")
        .with_help("Time spent in the queue.")
        .with_labels(&[
            LabelDescriptor::new("queue", LabelValues::Open { max: 3000 }),
            LabelDescriptor::new("http.route", LabelValues::Closed(&["/", "/jobs"])),
        ])
        .checked(
            MetricRules::new("queue")
                .allow_semconv_names()
                .allow_non_base_units()
                .allow_series(6000),
        );

fn main() {
    let names = |descriptors: &'static [MetricDescriptor]| -> Vec<&str> {
        descriptors.iter().map(|metric| metric.name).collect()
    };
    assert_eq!(
        names(App::DESCRIPTORS),
        [
            "my_app_requests_total",
            "my_app.workers",
            "my_app_array_seconds",
            "my_app_slice_seconds",
            "my_app_reference_seconds",
            "my_app_static_seconds",
        ]
    );
    assert_eq!(names(Queue::DESCRIPTORS), ["queue_wait_milliseconds"]);
    assert_eq!(names(Unprefixed::DESCRIPTORS), ["items_seen_total", "http.requests"]);
    assert_eq!(
        names(Steps::DESCRIPTORS),
        ["my_app_steps_started_total", "my_app_steps_active", "my_app_step_duration_seconds"]
    );
    let first = |metric: usize| App::DESCRIPTORS[metric].buckets[0];
    assert_eq!([first(2), first(3), first(4), first(5)], [0.1, 0.2, 0.3, 0.4]);

    let requests = &App::DESCRIPTORS[0];
    assert_eq!(requests.labels[0].size(), 50);
    assert_eq!(requests.labels[1].size(), 100);
    assert_eq!(requests.series_budget(), 5000);
    assert_eq!(WAIT.series_budget(), 6000);
    assert_eq!(WAIT.buckets.len(), 16);

    let labels = Labels { queue: "mail", tenant: "acme".into(), borrowed: "b" };
    App::global().requests_total.with(labels).inc();
    App::global().workers.set(1.0);
    App::global().array_seconds.record(0.2);
    App::global().slice_seconds.record(0.2);
    App::global().reference_seconds.record(0.2);
    App::global().static_seconds.record(0.2);
    Queue::global().wait_milliseconds.record(1.0);
    Unprefixed::global().items_seen_total.inc();
    Unprefixed::global().requests.inc();
    let _ = &Steps::global();
    step();
}
