//! The metrics of job-queue, as its list has them, and those that its requirements name in words.

use std::collections::{BTreeMap, BTreeSet};

use osapi_metrics_tests::otlp_receiver::{Kind, Labels, Value};

/// A metric of the list.
pub(crate) struct Metric {
    /// The name over OTLP.
    pub(super) name: &'static str,
    /// The name in a scrape, of a histogram without the suffixes of its samples.
    pub(crate) scraped: &'static str,
    pub(super) kind: Kind,
    /// The unit over OTLP.
    pub(super) unit: &'static str,
    labels: &'static [Label],
}

/// A label, and what its values can be.
#[derive(Clone, Copy)]
struct Label {
    key: &'static str,
    /// Empty for a label with open values.
    values: &'static [&'static str],
    /// Whether each of the values has to occur.
    all: bool,
}

const fn open(key: &'static str) -> Label {
    Label { key, values: &[], all: false }
}

const fn some_of(key: &'static str, values: &'static [&'static str]) -> Label {
    Label { key, values, all: false }
}

const fn all_of(key: &'static str, values: &'static [&'static str]) -> Label {
    Label { key, values, all: true }
}

macro_rules! constructors {
    ($($function:ident: $kind:ident;)*) => {$(
        const fn $function(
            name: &'static str,
            unit: &'static str,
            labels: &'static [Label],
        ) -> Metric {
            Metric { name, scraped: name, kind: Kind::$kind, unit, labels }
        }
    )*};
}
constructors! { counter: Counter; histogram: Histogram; gauge: Gauge; up_down: UpDownCounter; }

impl Metric {
    const fn scraped_as(self, scraped: &'static str) -> Self {
        Self { scraped, ..self }
    }
}

const SERVICES: [&str; 4] = ["simulation", "hash", "compress", "image"];
const SERVICE: Label = all_of("service", &SERVICES);
const PRIORITY: Label = all_of("priority", &["low", "normal", "high", "critical"]);
const WORKERS: [&str; 2] = ["worker-1", "worker-2"];
const WORKER: Label = some_of("worker_id", &WORKERS);
const EACH_WORKER: Label = all_of("worker_id", &WORKERS);
const GPU: Label = all_of("gpu_index", &["0", "1"]);
const PATH: Label = open("path");
const SPACE: Label = all_of("type", &["used", "free"]);
/// Only one of the allocators reports the heap.
const PART: Label = if cfg!(feature = "jemalloc") {
    all_of("type", &["heap", "heap_total", "rss"])
} else {
    all_of("type", &["rss"])
};
const ERRORS: [&str; 5] = ["timeout", "memory", "network", "connection", "unknown"];

/// The whole list. Counts have an annotation where the list has the unit `1`.
pub(crate) const LISTED: &[Metric] = &[
    counter(
        "jobs_processed_total",
        "{job}",
        &[SERVICE, PRIORITY, WORKER, all_of("status", &["started", "completed", "failed"])],
    ),
    counter("http_requests_total", "{request}", &[]),
    counter(
        "errors_total",
        "{error}",
        &[
            some_of("service", &SERVICES),
            PRIORITY,
            WORKER,
            all_of("error_type", &ERRORS),
            open("error_name"),
        ],
    ),
    up_down("jobs_active", "{job}", &[SERVICE, PRIORITY, WORKER]),
    gauge("queue_size", "{job}", &[]),
    gauge("workers_available", "{worker}", &[]),
    histogram(
        "job_duration_seconds",
        "s",
        &[SERVICE, PRIORITY, WORKER, all_of("status", &["completed", "failed"])],
    ),
    histogram("http_request_duration_seconds", "s", &[]),
    histogram("job_queue_wait_seconds", "s", &[]),
    histogram("job_output_size_bytes", "By", &[SERVICE, PRIORITY, WORKER]),
    gauge("gpu_utilization_percent", "%", &[GPU]),
    gauge("gpu_memory_used_bytes", "By", &[GPU]),
    gauge("process_memory_usage_bytes", "By", &[PART]),
    gauge("disk_usage_bytes", "By", &[PATH, SPACE]),
    gauge("system.cpu.utilization", "1", &[]).scraped_as("system_cpu_utilization_ratio"),
    gauge("system.memory.utilization", "1", &[]).scraped_as("system_memory_utilization_ratio"),
    // The OpenTelemetry translation appends unit and `_total`, where the list has neither.
    counter("system.disk.io", "By", &[]).scraped_as("system_disk_io_bytes_total"),
    counter("system.network.io", "By", &[]).scraped_as("system_network_io_bytes_total"),
];

/// What the requirements name beside the list.
pub(crate) const NAMED: &[Metric] = &[
    up_down("websocket_connections", "{connection}", &[]),
    gauge("active_users", "{user}", &[]),
    counter("model_cache_requests_total", "{request}", &[all_of("result", &["hit", "miss"])]),
    counter(
        "model_downloads_total",
        "{download}",
        &[all_of("result", &["completed", "corrupt", "failed"])],
    ),
    counter("job_cost_usd_total", "{USD}", &[SERVICE]),
    counter("job_billable_operations_total", "{operation}", &[SERVICE]),
    gauge("worker_slots", "{slot}", &[EACH_WORKER]),
    gauge("worker_saturation_ratio", "1", &[EACH_WORKER]),
];

/// All of both.
pub(crate) fn metrics() -> impl Iterator<Item = &'static Metric> {
    LISTED.iter().chain(NAMED)
}

impl Metric {
    /// Whether it does not change while there is nothing to do but to run one long job.
    pub(crate) fn is_settled(&self) -> bool {
        !self.name.starts_with("process_")
            && !self.name.starts_with("system.")
            && self.name != "disk_usage_bytes"
    }

    /// The type in a scrape.
    pub(super) fn scraped_type(&self) -> &'static str {
        match self.kind {
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
            Kind::Gauge | Kind::UpDownCounter => "gauge",
        }
    }

    /// The unit in a scrape, which has none for counts of things.
    pub(super) fn scraped_unit(&self) -> Option<&'static str> {
        match self.unit {
            "s" => Some("seconds"),
            "By" => Some("bytes"),
            "%" => Some("percent"),
            "1" => Some("ratio"),
            _ => None,
        }
    }

    /// Checks that the series have the labels of the list, with values of the list.
    pub(super) fn check(&self, series: &BTreeMap<Labels, Value>) {
        assert!(!series.is_empty(), "{} has no series", self.name);
        let keys: BTreeSet<_> = self.labels.iter().map(|label| label.key).collect();
        for labels in series.keys() {
            let found: BTreeSet<_> = labels.keys().map(String::as_str).collect();
            assert_eq!(found, keys, "{} has {labels:?}", self.name);
        }
        for label in self.labels.iter().filter(|label| !label.values.is_empty()) {
            let labels = series.keys().filter_map(|labels| labels.get(label.key));
            let found: BTreeSet<_> = labels.map(String::as_str).collect();
            let listed: BTreeSet<_> = label.values.iter().copied().collect();
            if label.all {
                assert_eq!(found, listed, "{} by {}", self.name, label.key);
            } else {
                assert!(found.is_subset(&listed), "{} by {}: {found:?}", self.name, label.key);
            }
        }
    }
}

#[test]
fn the_list_has_each_metric_once() {
    let names: BTreeSet<_> = metrics().map(|metric| metric.name).collect();
    let scraped: BTreeSet<_> = metrics().map(|metric| metric.scraped).collect();
    assert_eq!((LISTED.len(), NAMED.len()), (18, 8));
    assert_eq!((names.len(), scraped.len()), (26, 26));
}
