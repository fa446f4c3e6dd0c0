//! Configurations that the runtime refuses, and the messages.

use std::path::PathBuf;

use osapi_metrics::{
    Counter, Gauge, Histogram, InstallError, MetricSet, Metrics,
    config::{ConfigError, Environment, MetricsConfig},
};
use osapi_metrics_tests::reading::Reading;

use super::install;

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "refused")]
struct Refused {
    /// Never recorded.
    #[expect(dead_code, reason = "known nevertheless")]
    jobs_total: Counter,
    /// Never set.
    #[expect(dead_code, reason = "known nevertheless")]
    level: Gauge,
    /// Recorded once.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram,
    /// Recorded once, under a dotted name.
    #[metric(name = "refused.dotted.wait", unit = "s", buckets = [1])]
    dotted: Histogram,
}

fn refused_buckets(metric: &str, boundaries: &[f64]) -> String {
    let mut config = MetricsConfig::default();
    config.buckets.insert(metric.to_owned(), boundaries.to_vec());
    let error = install(config).unwrap_err();
    assert!(matches!(error, InstallError::Buckets { .. }), "{error:?}");
    error.to_string()
}

#[test]
fn buckets_of_what_has_none() {
    assert_eq!(
        refused_buckets("refused_wait_second", &[1.0]),
        "telemetry.metrics.buckets.refused_wait_second: no histogram of this name is linked in; \
         the nearest is `refused_wait_seconds`"
    );
    let error = refused_buckets("refused_level", &[1.0]);
    assert!(error.contains("this is a gauge, declared at "), "{error}");
    assert!(error.contains("refused.rs:"), "{error}");
    let error = refused_buckets("refused_jobs_total", &[1.0]);
    assert!(error.contains("only histograms have buckets"), "{error}");
}

#[test]
fn boundaries_that_break_the_rules() {
    for boundaries in
        [&[][..], &[2.0, 1.0], &[1.0, 1.0], &[1.0, f64::NAN], &[1.0, f64::INFINITY], &[-1.0, 1.0]]
    {
        let error = refused_buckets("refused_wait_seconds", boundaries);
        let key = "telemetry.metrics.buckets.refused_wait_seconds: ";
        assert!(error.starts_with(key) && error.len() > key.len(), "{error}");
    }
}

#[test]
fn configured_boundaries_are_found_by_either_name() {
    for (name, rendered) in [
        ("refused_wait_seconds", "refused_wait_seconds"),
        ("refused.dotted.wait", "refused_dotted_wait_seconds"),
        ("refused_dotted_wait_seconds", "refused_dotted_wait_seconds"),
    ] {
        let mut config = MetricsConfig::default();
        config.buckets.insert(name.to_owned(), vec![0.25, 0.75]);
        let metrics = install(config).unwrap();
        Refused::global().wait_seconds.record(0.5);
        Refused::global().dotted.record(0.5);
        let histogram = Reading::of(&metrics).histogram(rendered, &[]).unwrap();
        assert_eq!(histogram.bounds, [0.25, 0.75], "{name}");
        assert!(histogram.buckets[1] > 0, "{name}: {histogram:?}");
    }
}

#[test]
fn a_variable_with_a_value_that_is_not_allowed() {
    for (variable, value) in [
        ("TELEMETRY_ENABLED", "yes"),
        ("OTEL_SDK_DISABLED", "1"),
        ("OTEL_METRICS_EXPORTER", "statsd"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "5s"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "99999"),
    ] {
        let environment = Environment::from_iter([(variable, value)]);
        let error = Metrics::builder().environment(environment).install().unwrap_err();
        assert!(matches!(error, InstallError::Config(ConfigError::Invalid { .. })), "{error:?}");
        let message = error.to_string();
        for part in [variable, value, "environment", "expected"] {
            assert!(message.contains(part), "{message}");
        }
    }
}

#[test]
fn a_bearer_token_that_cannot_be_read() {
    let mut config = MetricsConfig::default();
    config.bearer_token_file = Some(PathBuf::from("/no/such/token"));
    let error = install(config).unwrap_err();
    assert!(matches!(error, InstallError::Endpoint(_)), "{error:?}");
    assert!(error.to_string().contains("/no/such/token"), "{error}");
}

#[test]
fn a_path_that_is_none() {
    let mut config = MetricsConfig::default();
    config.path = "metrics".to_owned();
    let error = install(config).unwrap_err();
    assert!(error.to_string().contains("metrics"), "{error}");
}
