//! Histograms that a setting makes native ones, or ones with boundaries alone.

use opentelemetry::metrics::MeterProvider;
use osapi_metrics::{
    Histogram, InstallError, MetricSet, Metrics,
    config::{Environment, MetricsConfig, OtlpHistogramAggregation, OtlpProtocol},
    instrumented_job,
};
use osapi_metrics_tests::{
    messages::{self, Bucket, Histogram as Message, counted},
    otlp_receiver::{OtlpReceiver, Value},
    pushing_to,
};

use super::{SECONDS, check, pushed};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "configured")]
#[expect(clippy::struct_field_names, reason = "the unit belongs to the name")]
struct Configured {
    /// Native by a setting.
    #[metric(unit = "s", buckets = [0.005, 0.1, 1, 10, 60])]
    on_seconds: Histogram,
    /// Native by its declaration, and not by a setting.
    #[metric(unit = "s", buckets = [0.005, 0.1, 1, 10, 60], native)]
    off_seconds: Histogram,
    /// Without a setting.
    #[metric(unit = "s", buckets = [0.005, 0.1, 1, 10, 60])]
    plain_seconds: Histogram,
}

const SETTINGS: &str = "telemetry:
  metrics:
    enabled: true
    listen: 127.0.0.1:0
    native_histograms:
      configured_on_seconds: true
      configured_off_seconds: false
      osapi_job_duration_seconds: true";

/// A job with boundaries of its own.
#[instrumented_job(name = "native.paint", buckets = [2, 5])]
fn paint() {}

fn serve(metrics: &Metrics) -> (tokio::runtime::Runtime, std::net::SocketAddr) {
    let serving = tokio::runtime::Runtime::new().unwrap();
    let address = serving.block_on(metrics.serve()).unwrap();
    (serving, address)
}

/// The histogram of a series that has this label value, or of the only one.
fn histogram(address: std::net::SocketAddr, name: &str, value: Option<&str>) -> Message {
    let families = messages::families(address, &format!("/metrics?name[]={name}"));
    let [family] = &families[..] else { panic!("{name}: {families:?}") };
    let is_it = |metric: &&messages::Metric| {
        value.is_none_or(|value| metric.label.iter().any(|label| label.value() == value))
    };
    let metric = family.metric.iter().find(is_it).unwrap();
    metric.histogram.clone().unwrap()
}

#[test]
fn a_setting_makes_histograms_native_or_not() {
    let set = Configured::global();
    let samples = [0.001, 0.3, 0.31, 1.0, 100.0];
    let config = MetricsConfig::from_yaml(SETTINGS).unwrap();
    let builder = Metrics::builder().config(config).environment(Environment::default());
    // The configuration overrides the builder.
    let metrics = builder.native_histogram("configured_on_seconds", false).install().unwrap();
    let (_serving, address) = serve(&metrics);
    for sample in samples {
        set.on_seconds.record(sample);
    }
    let found = histogram(address, "configured_on_seconds", None);
    assert_eq!(found.schema, Some(3));
    check(&found, &samples, &SECONDS);

    set.off_seconds.record(1.0);
    let found = histogram(address, "configured_off_seconds", None);
    assert_eq!((found.schema, found.bucket.len()), (None, 5));
    assert!(found.sample_count() > 0);

    paint();
    paint();
    let jobs = "osapi_job_duration_seconds";
    let found = histogram(address, jobs, Some("native.paint"));
    // Jobs that take microseconds are below the first window.
    assert!(found.schema.is_some_and(|schema| schema <= 3), "{:?}", found.schema);
    assert_eq!(found.sample_count(), 2);
    let bounds: Vec<_> = found.bucket.iter().map(Bucket::upper_bound).collect();
    assert_eq!(bounds, [2.0, 5.0], "those of the handler");
    let [_, positive] = found.native_buckets();
    assert_eq!(positive.iter().map(|(_, count)| count).sum::<u64>() + found.zero_count(), 2);

    let names = ["configured_on_seconds", "configured_off_seconds", "configured_plain_seconds"];
    let is_native = |name: &&str| metrics.catalogue().is_native(name) == Some(true);
    assert_eq!(names.iter().filter(|name| is_native(name)).collect::<Vec<_>>(), [&names[0]]);
    let document = metrics.catalogue().document();
    let all = document.sets.iter().flat_map(|set| &set.metrics);
    let native: Vec<_> = all.filter(|metric| metric.native).map(|metric| &metric.name).collect();
    assert!(native.contains(&&jobs.to_owned()) && native.contains(&&names[0].to_owned()));
    assert!(!native.contains(&&names[1].to_owned()), "{native:?}");
}

#[test]
fn a_setting_for_what_is_no_histogram_is_refused() {
    for (name, problem) in [
        (
            "configured_on_second",
            "no histogram of this name is linked in; the nearest is `configur",
        ),
        ("osapi_jobs_created_total", "this is a counter, declared at "),
    ] {
        let mut config = MetricsConfig::default();
        config.native_histograms = [(name.to_owned(), true)].into();
        let install = |config: MetricsConfig| {
            Metrics::builder().config(config).environment(Environment::default()).install()
        };
        // While metrics are off, it is a warning.
        drop(install(config.clone()).unwrap());
        config.enabled = true;
        let error = install(config).unwrap_err();
        assert!(matches!(&error, InstallError::NativeHistogram { metric, .. } if metric == name));
        let message = error.to_string();
        assert!(message.contains(name) && message.contains(problem), "{message}");
    }
}

#[test]
fn a_push_prefers_exponential_histograms_and_a_scrape_does_not() {
    let set = Configured::global();
    let mut recorded = Vec::new();
    for protocol in [OtlpProtocol::Grpc, OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson] {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.native_histograms = [("configured_off_seconds".to_owned(), false)].into();
        let environment = Environment::from_iter([(
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            "base2_exponential_bucket_histogram",
        )]);
        let builder = Metrics::builder().config(config).environment(environment);
        let metrics = builder.install().unwrap();
        let aggregation = metrics.config().otlp.default_histogram_aggregation;
        assert_eq!(aggregation, OtlpHistogramAggregation::Exponential);
        let (_serving, address) = serve(&metrics);
        let meter = metrics.provider().unwrap().meter("other");
        let other = meter.f64_histogram("other.wait").with_boundaries(vec![1.0, 2.0]).build();
        let samples = [0.002, 0.3, 0.31, 1.0, 100.0];
        for sample in samples {
            set.plain_seconds.record(sample);
            other.record(sample, &[]);
        }
        recorded.extend(samples);
        set.off_seconds.record(1.0);
        metrics.flush().unwrap();
        let export = receiver.await_export(|_| true);
        for (name, samples) in
            [("configured_plain_seconds", &recorded[..]), ("other.wait", &samples)]
        {
            assert!(!export.metrics.contains_key(name), "{name} {protocol:?}");
            let [point] = &export.exponential[name].data_points[..] else { panic!("{name}") };
            assert_eq!(point.count, samples.len() as u64, "{name} {protocol:?}");
            let expected = counted(samples.iter().copied(), point.scale);
            assert_eq!(pushed(point.positive.as_ref().unwrap()), expected, "{name} {protocol:?}");
        }
        let off = export.metrics["configured_off_seconds"].series.values().next();
        let Some(Value::Histogram { bounds, .. }) = off else { panic!("{off:?}") };
        assert_eq!(bounds[..], SECONDS);
        let scraped = histogram(address, "configured_plain_seconds", None);
        assert_eq!((scraped.schema, scraped.bucket.len()), (None, SECONDS.len()));
        assert_eq!(scraped.sample_count(), recorded.len() as u64);
    }
}
