//! Constant labels: on every series of both wires.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use opentelemetry::{KeyValue, metrics::MeterProvider};
use osapi_metrics::{
    Counter, Gauge, Histogram, InstallError, LabelSet, MetricSet, Metrics, ObservableGauge,
    ScopedSet,
    config::{Environment, MetricsConfig, OtlpTemporality},
    instruments::Observation,
};
use osapi_metrics_tests::{
    messages,
    otlp_receiver::{Labels, OtlpReceiver},
    over_every_protocol, pushing_to,
    scrape::{Format, scrape},
    servers,
};

use crate::beside_others;

#[derive(Debug, LabelSet)]
#[label(allow(semconv_names))]
struct Order {
    #[label(max = 2)]
    customer: String,
    #[label(key = "http.route", max = 2)]
    route: &'static str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "constants")]
struct ConstantsMetrics {
    /// Orders.
    #[metric(unit = "{order}")]
    orders_total: Counter<Order>,
    /// Waits.
    #[metric(unit = "s", buckets = [1, 2])]
    wait_seconds: Histogram,
}

#[derive(Debug, MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections.
    open: Gauge<(), u64>,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "edited", constant_labels(edition = "a \"1\"\\\n", shard = "eu"))]
struct EditedMetrics {
    /// Orders.
    orders_total: Counter<Order>,
    /// Waits.
    #[metric(unit = "s", buckets = [1, 2], native)]
    wait_seconds: Histogram,
    /// Depth of the queue.
    queue_depth: ObservableGauge<(), u64>,
    #[metric(group)]
    pool: PoolMetrics,
}

const EDITION: [(&str, &str); 2] = [("edition", "a \"1\"\\\n"), ("shard", "eu")];

#[derive(Debug, LabelSet)]
struct Cache {
    #[label(max = 3)]
    cache: &'static str,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "printed", scope(labels = Cache), constant_labels(edition = "b"))]
struct PrintedMetrics {
    /// Pages.
    pages_total: Counter,
}

fn builder(mut config: MetricsConfig) -> osapi_metrics::MetricsBuilder {
    config.constant_labels.insert("region".to_owned(), "eu-\"1\"".to_owned());
    let builder = Metrics::builder().config(config).environment(Environment::default());
    builder.constant_label("region", "builder").constant_label("tier", "batch")
}

fn with_constants(labels: &[(&str, &str)]) -> Labels {
    let constants = [("region", "eu-\"1\""), ("tier", "batch")];
    let labels = labels.iter().copied().chain(constants);
    labels.map(|(key, text)| (key.to_owned(), text.to_owned())).collect()
}

#[test]
fn every_series_of_both_wires_has_the_constant_labels() {
    let _beside = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        let metrics = builder(pushing_to(&receiver.url(), protocol)).install().unwrap();
        let serving = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let address = serving.block_on(metrics.serve()).unwrap();
        let set = ConstantsMetrics::global();
        for customer in ["a", "b", "c"] {
            set.orders_total.with(Order { customer: customer.to_owned(), route: "/" }).inc();
        }
        set.wait_seconds.record(1.5);
        let meter = metrics.provider().unwrap().meter("other");
        let other = meter.u64_counter("constants_other").build();
        other.add(1, &[KeyValue::new("a", "1")]);
        other.add(1, &[KeyValue::new("region", "own"), KeyValue::new("t", true)]);
        metrics.flush().unwrap();
        let export = receiver.await_export(|_| true);
        let scrape = scrape(address, "/metrics", Format::OpenMetrics);

        let all = export.metrics.values().flat_map(|metric| metric.series.keys());
        assert!(all.clone().count() > 10);
        for labels in all.clone() {
            assert!(labels.contains_key("region") && labels["tier"] == "batch", "{labels:?}");
        }
        let orders = export.metrics["constants_orders_total"].series.keys();
        assert!(orders.clone().any(|labels| labels.contains_key("otel.metric.overflow")));
        let expected = with_constants(&[("customer", "a"), ("http.route", "/")]);
        assert!(orders.clone().any(|labels| *labels == expected), "{orders:?}");
        let own = |labels: &&Labels| labels["region"] == "own";
        assert_eq!(export.metrics["constants_other"].series.keys().filter(own).count(), 1);
        assert_eq!(all.filter(own).count(), 1);
        assert!(!export.resource.contains_key("region"));

        let mut of_scrape = scrape.clone();
        let target = of_scrape.remove("target_info").unwrap();
        assert!(target.series.keys().all(|labels| !labels.contains_key("region")));
        for (name, family) in of_scrape {
            for labels in family.series.keys() {
                assert!(labels.contains_key("region"), "{name} {labels:?}");
                assert_eq!(labels["tier"], "batch", "{name} {labels:?}");
            }
        }
        let waits = scrape["constants_wait_seconds"].series.keys().collect::<Vec<_>>();
        assert_eq!(waits, [&with_constants(&[])]);
        let expected = with_constants(&[("customer", "a"), ("http_route", "/")]);
        assert!(scrape["constants_orders_total"].series.contains_key(&expected));
        let others: Vec<_> = scrape["constants_other_total"].series.keys().collect();
        assert_eq!(others.iter().filter(|labels| labels["region"] == "own").count(), 1);
        metrics.shutdown().unwrap();
    });
}

/// The labels of all series of metrics of a scrape or a push.
fn labels_of<'a, M>(
    metrics: &'a BTreeMap<String, M>,
    series: impl Fn(&'a M) -> Vec<&'a Labels>,
) -> Vec<(&'a str, Vec<&'a Labels>)> {
    let of_sets = |name: &str| name.starts_with("edited_") || name.starts_with("printed_");
    let of_sets = metrics.iter().filter(|(name, _)| of_sets(name));
    of_sets.map(|(name, metric)| (name.as_str(), series(metric))).collect()
}

fn record_sets() -> (Observation, ScopedSet<PrintedMetrics>) {
    let set = EditedMetrics::global();
    for customer in ["a", "b", "c"] {
        set.orders_total.with(Order { customer: customer.to_owned(), route: "/" }).inc();
    }
    set.wait_seconds.record(1.5);
    set.pool.open.set(2);
    let depth = set.queue_depth.observe(|| 7);
    let printed = PrintedMetrics::scoped(Cache { cache: "users" });
    printed.pages_total.inc();
    (depth, printed)
}

#[test]
fn every_series_of_a_set_has_its_labels_in_front_of_those_of_the_runtime() {
    let _beside = beside_others();
    over_every_protocol(|protocol| {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.temporality = OtlpTemporality::Delta;
        let metrics = builder(config).install().unwrap();
        let serving = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let address = serving.block_on(metrics.serve()).unwrap();
        let _alive = record_sets();
        metrics.flush().unwrap();
        let export = receiver.await_export(|_| true);
        let runtime = with_constants(&[]);
        let check = |labels: &Labels, name: &str| {
            let (of_set, none) = if name.starts_with("edited_") {
                (&EDITION[..], &[("cache", "users")][..])
            } else {
                (&[("edition", "b"), ("cache", "users")][..], &EDITION[1..])
            };
            for (key, text) in of_set {
                assert_eq!(labels.get(*key).map(String::as_str), Some(*text), "{name} {labels:?}");
            }
            assert!(none.iter().all(|(key, _)| !labels.contains_key(*key)), "{name} {labels:?}");
            assert!(runtime.iter().all(|(key, text)| labels.get(key) == Some(text)), "{name}");
        };
        let pushed = labels_of(&export.metrics, |metric| metric.series.keys().collect());
        let scrapes = [
            scrape(address, "/metrics", Format::OpenMetrics),
            scrape(address, "/metrics", Format::Text),
            messages::as_scrape(&messages::families(address, "/metrics")),
        ];
        let overflow = |labels: &Labels| labels.contains_key("otel_metric_overflow");
        let shown = scrapes.iter().flat_map(|scrape| {
            let families = labels_of(scrape, |family| family.series.keys().collect());
            assert_eq!(families.len(), 5, "{families:?}");
            assert!(families.iter().any(|(_, series)| series.iter().any(|one| overflow(one))));
            families
        });
        assert_eq!(pushed.len(), 4, "{pushed:?}");
        let native = &export.exponential["edited_wait_seconds"].data_points[0];
        let keys: Vec<_> = native.attributes.iter().map(|label| &*label.key).collect();
        assert_eq!(keys, ["edition", "shard", "region", "tier"]);
        for (name, series) in pushed.iter().cloned().chain(shown) {
            assert!(!series.is_empty(), "{name}");
            for labels in series {
                check(labels, name);
            }
        }
        metrics.shutdown().unwrap();
    });
}

#[test]
fn a_constant_label_of_a_set_is_refused_for_the_runtime() {
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let error = builder.constant_label("edition", "x").install().unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, InstallError::ConstantLabel { .. }), "{error:?}");
    let start = "the constant label `edition` of `MetricsBuilder::constant_label` is also a \
                 constant label of the set of `edited_orders_total`, declared at \
                 tests/wires/constants.rs:";
    assert!(message.starts_with(start), "{message}");
    assert!(message.ends_with("; give one of the two another key"), "{message}");
}

#[test]
fn prometheus_stores_the_constant_labels() {
    let _beside = beside_others();
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.listen = "127.0.0.1:0".parse().unwrap();
    let metrics = builder(config).install().unwrap();
    let serving = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let address = serving.block_on(metrics.serve()).unwrap();
    let _alive = record_sets();
    let config = format!(
        "global: {{ scrape_interval: 200ms }}\nscrape_configs:\n- job_name: constants\n  \
         static_configs: [{{ targets: ['{address}'] }}]\n"
    );
    let Some(prometheus) = servers::prometheus(&config) else { return };
    let deadline = Instant::now() + Duration::from_secs(60);
    for query in [
        r#"edited_pool_open{shard="eu",tier="batch",edition="a \"1\"\\\n"}"#,
        r#"edited_wait_seconds_count{shard="eu",tier="batch"}"#,
        r#"printed_pages_total{edition="b",cache="users",region="eu-\"1\""}"#,
    ] {
        while prometheus.number(query).is_none() {
            assert!(Instant::now() < deadline, "Prometheus has no {query}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_label_of_a_declared_metric_is_refused_with_both_places() {
    for (key, from_builder) in [("customer", false), ("http_route", true)] {
        let mut config = MetricsConfig::default();
        config.enabled = true;
        let mut builder = Metrics::builder().environment(Environment::default());
        if from_builder {
            builder = builder.constant_label(key, "x");
        } else {
            config.constant_labels.insert(key.to_owned(), "x".to_owned());
        }
        let error = builder.config(config.clone()).install().unwrap_err();
        assert!(matches!(error, InstallError::ConstantLabel { .. }), "{error}");
        let message = error.to_string();
        let place = if from_builder {
            "MetricsBuilder::constant_label"
        } else {
            "telemetry.metrics.constant_labels"
        };
        assert!(message.starts_with(&format!("the constant label `{key}` of `{place}`")));
        assert!(message.contains(".rs:"), "{message}");
    }
}

/// What is off is no error, as every mistake in its settings.
#[test]
fn a_key_that_is_no_label_key_is_refused_where_metrics_are_on() {
    for key in ["le", "quantile", "job", "instance", "otel_scope_name", "__x", "Region", "a.b", ""]
    {
        let builder =
            || Metrics::builder().environment(Environment::default()).constant_label(key, "x");
        let message = builder().enabled(true).install().unwrap_err().to_string();
        let start = format!("`telemetry.metrics.constant_labels.{key}` in the program is \"x\"");
        assert!(message.starts_with(&start), "{message}");
        assert!(builder().install().is_ok());
    }
}
