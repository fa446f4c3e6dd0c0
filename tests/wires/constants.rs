//! Constant labels: on every series of both wires.

use opentelemetry::{KeyValue, metrics::MeterProvider};
use osapi_metrics::{
    Counter, Histogram, InstallError, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig},
};
use osapi_metrics_tests::{
    otlp_receiver::{Labels, OtlpReceiver},
    over_every_protocol, pushing_to,
    scrape::{Format, scrape},
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
