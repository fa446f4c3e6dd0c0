//! Groups of metrics in sets: each use has names and series of its own.

use osapi_metrics::{
    Catalogue, Counter, Histogram, LabelSet, LabelValue, MetricDescriptor, MetricGroup, MetricSet,
    ObservableGauge, UpDownCounter,
    catalogue::document::{CatalogueDocument, SetDocument},
    dashboards::{metric, rate},
    instrumented_job,
    jobs::JobLabels,
    testing::capture,
};
use osapi_metrics_edition2024 as library;

use crate::{RUNTIME, read};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Outcome {
    Served,
    GivenUp,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    ///
    /// Also those that were closed at once.
    #[metric(unit = "{connection}", warning(above = 10, lasting = "5m"))]
    connections_opened_total: Counter,
    /// Time to get a connection.
    #[metric(
        unit = "s",
        buckets = [0.5, 1],
        renamed_from = "delay_seconds",
        absent_until = "somebody has waited",
        stale_after = "90s",
    )]
    wait_seconds: Histogram<Outcome>,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct StoreMetrics {
    #[metric(group = "pool")]
    connections: PoolMetrics,
    /// Documents stored.
    documents: ObservableGauge<(), u64>,
}

/// The shop, with two pools and a store that has a third one.
#[derive(MetricSet)]
#[metric_set(prefix = "grouped", job(labels = JobLabels), runbook = "https://example.org/shop")]
struct ShopMetrics {
    #[metric(group = "read_pool")]
    read: PoolMetrics,
    /// Orders that are placed now.
    #[metric(on = active)]
    orders_active: UpDownCounter<JobLabels>,
    #[metric(group = "write_pool")]
    write: PoolMetrics,
    /// Orders placed.
    #[metric(on = finished)]
    orders_placed_total: Counter<JobLabels>,
    #[metric(group)]
    store: StoreMetrics,
    #[metric(group = "")]
    of_library: library::PoolMetrics,
}

#[instrumented_job(
    metrics = ShopMetrics,
    labels = JobLabels { job_name: "grouped.order".into() },
)]
fn place_order() {}

const NAMES: [&str; 10] = [
    "grouped_read_pool_connections_opened_total",
    "grouped_read_pool_wait_seconds",
    "grouped_orders_active",
    "grouped_write_pool_connections_opened_total",
    "grouped_write_pool_wait_seconds",
    "grouped_orders_placed_total",
    "grouped_store_pool_connections_opened_total",
    "grouped_store_pool_wait_seconds",
    "grouped_store_documents",
    "grouped_sockets_opened_total",
];

fn documented(document: &CatalogueDocument) -> &SetDocument {
    document.sets.iter().find(|set| set.name == "ShopMetrics" && is_of_this_file(set)).unwrap()
}

fn is_of_this_file(set: &SetDocument) -> bool {
    set.module.ends_with("groups")
}

/// The line of this file that is so, counted from 1.
fn line(text: &str) -> u32 {
    let found = include_str!("groups.rs").lines().position(|line| line.trim() == text);
    u32::try_from(found.unwrap_or_else(|| panic!("no line is `{text}`")) + 1).unwrap()
}

#[test]
fn the_uses_of_a_group_count_apart() {
    let shop = ShopMetrics::global();
    shop.read.connections_opened_total.add(2);
    shop.write.connections_opened_total.add(3);
    shop.store.connections.connections_opened_total.add(4);
    shop.read.wait_seconds.with(Outcome::Served).record(0.75);
    shop.store.connections.wait_seconds.with(Outcome::GivenUp).record(2.0);
    shop.of_library.sockets_opened_total.inc();
    let documents = shop.store.documents.observe(|| 7);

    let reading = read();
    for (name, value) in [
        ("grouped_read_pool_connections_opened_total", 2.0),
        ("grouped_write_pool_connections_opened_total", 3.0),
        ("grouped_store_pool_connections_opened_total", 4.0),
        ("grouped_store_documents", 7.0),
        ("grouped_sockets_opened_total", 1.0),
    ] {
        assert_eq!(reading.number(name, &[]), Some(value), "{name}");
    }
    let wait = |pool: &str, outcome| {
        let name = format!("grouped_{pool}_pool_wait_seconds");
        reading.histogram(&name, &[("outcome", outcome)]).map(|wait| (wait.sum, wait.bounds))
    };
    assert_eq!(wait("read", "served"), Some((0.75, vec![0.5, 1.0])));
    assert_eq!(wait("store", "given_up"), Some((2.0, vec![0.5, 1.0])));
    assert_eq!(wait("read", "given_up").map(|(sum, _)| sum), None);
    assert_eq!(wait("write", "served").map(|(sum, _)| sum), None);
    drop(documents);
}

#[test]
fn everything_of_a_metric_comes_along() {
    let names: Vec<_> = ShopMetrics::DESCRIPTORS.iter().map(|metric| metric.name).collect();
    assert_eq!(names, NAMES);
    let catalogue = RUNTIME.catalogue();
    for pool in ["read_pool", "write_pool", "store_pool"] {
        let opened = catalogue.get(&format!("grouped_{pool}_connections_opened_total")).unwrap();
        assert_eq!((opened.help, opened.unit), ("Connections opened.", Some("{connection}")));
        assert_eq!(opened.details, "Also those that were closed at once.");
        assert_eq!(opened.thresholds.len(), 1);
        let wait = catalogue.get(&format!("grouped_{pool}_wait_seconds")).unwrap();
        assert_eq!(wait.prometheus_name(), wait.name);
        assert_eq!((wait.unit, wait.buckets), (Some("s"), &[0.5, 1.0][..]));
        assert_eq!(wait.renamed_from, Some(&*format!("grouped_{pool}_delay_seconds")));
        assert_eq!(wait.absent_until, Some("somebody has waited"));
        assert_eq!(wait.stale_after.map(|after| after.as_secs()), Some(90));
        assert_eq!(wait.labels[0].key, "outcome");
    }
}

#[test]
fn a_metric_is_declared_in_the_group_and_named_in_the_set() {
    let [opened, _, active, .., sockets] = ShopMetrics::DESCRIPTORS else { panic!("ten") };
    assert_eq!(opened.origin.line, line("read: PoolMetrics,"));
    assert_eq!(opened.declaration().line, line("connections_opened_total: Counter,"));
    assert_eq!(active.declaration(), &active.origin);
    assert!(active.group_origin.is_none());
    let of_store = ShopMetrics::DESCRIPTORS.iter().find(|metric| metric.name == NAMES[6]).unwrap();
    assert_eq!(of_store.origin.line, line("store: StoreMetrics,"));
    assert_eq!(of_store.declaration(), opened.declaration());

    // The scope of OTLP is the crate that gives the name.
    assert_eq!(sockets.origin.package, env!("CARGO_PKG_NAME"));
    assert_eq!(sockets.declaration().package, "osapi-metrics-edition2024");
    let relative = <library::PoolMetrics as MetricGroup>::DESCRIPTORS;
    assert_eq!(relative[0].name, "sockets_opened_total");
}

#[test]
fn the_catalogue_shows_the_metrics_in_the_set_that_has_the_group() {
    let document = Catalogue::linked().unwrap().document();
    let set = documented(&document);
    assert_eq!(set.package, env!("CARGO_PKG_NAME"));
    assert_eq!(set.runbook.as_deref(), Some("https://example.org/shop"));
    let names: Vec<_> = set.metrics.iter().map(|metric| metric.name.as_str()).collect();
    assert_eq!(names, NAMES);
    let events: Vec<_> = set.metrics.iter().map(|metric| metric.events.join(" ")).collect();
    assert_eq!(events, ["", "", "active", "", "", "finished", "", "", "", ""]);
    assert_eq!(set.metrics[1].source.line, line("wait_seconds: Histogram<Outcome>,"));
    assert!(set.metrics[9].source.file.ends_with("lib.rs"), "{:?}", set.metrics[9].source);
    let is_group = |set: &&SetDocument| set.name == "PoolMetrics" && is_of_this_file(set);
    assert!(!document.sets.iter().any(|set| is_group(&set)));
}

#[test]
fn jobs_are_recorded_beside_groups() {
    place_order();
    place_order();
    let reading = read();
    let job = [("job_name", "grouped.order")];
    assert_eq!(reading.number("grouped_orders_placed_total", &job), Some(2.0));
    assert_eq!(reading.number("grouped_orders_active", &job), Some(0.0));
}

#[test]
fn captures_have_groups_of_their_own() {
    let captured = capture(|| {
        let shop = ShopMetrics::global();
        shop.write.connections_opened_total.inc();
        shop.store.connections.wait_seconds.with(Outcome::Served).record(0.25);
    });
    assert_eq!(captured.counter("grouped_write_pool_connections_opened_total", &[]), 1);
    assert_eq!(captured.counter("grouped_read_pool_connections_opened_total", &[]), 0);
    let waited = captured.histogram("grouped_store_pool_wait_seconds", &[]);
    assert_eq!(waited.count, 1);
    assert_eq!(waited.sum, 0.25);
}

#[test]
fn queries_of_dashboards_name_the_joined_names() {
    const OPENED: &MetricDescriptor =
        metric::<ShopMetrics>("grouped_store_pool_connections_opened_total");
    let query = rate(OPENED);
    assert!(format!("{query:?}").contains("grouped_store_pool_connections_opened_total"));
}
