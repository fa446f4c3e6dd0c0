//! Configurations that the runtime refuses, and the messages.

use std::{path::PathBuf, time::Duration};

use osapi_metrics::{
    Counter, Gauge, Histogram, InstallError, MetricSet, Metrics,
    config::{ConfigError, Environment, MetricsConfig, OtlpInterval},
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

const SECOND: Duration = Duration::from_secs(1);

/// The message about the intervals of a document, of the environment and of the builder.
fn refused_intervals(document: &str, variable: &str, of_builder: &[&str]) -> String {
    let yaml = format!("telemetry: {{ metrics: {{ otlp: {{ intervals: [{document}] }} }} }}");
    let mut config = MetricsConfig::from_yaml(&yaml).unwrap();
    (config.enabled, config.otlp.enabled) = (true, true);
    let environment = Environment::from_iter([("METRICS_COLLECTION_INTERVALS", variable)]);
    let mut builder = Metrics::builder().config(config).environment(environment);
    for metrics in of_builder {
        builder = builder.otlp_interval(*metrics, SECOND);
    }
    let error = builder.install().map_or_else(Some, |_| None).expect("must be refused");
    assert!(matches!(error, InstallError::Interval { .. }), "{error:?}");
    error.to_string()
}

#[test]
fn an_interval_of_what_does_not_exist() {
    let optional = "; a pattern for metrics of other libraries, which are not known at the start, \
                    is `optional`";
    for (document, variable, of_builder, expected) in [
        (
            "{ metrics: refused_wait_second, interval: 1s }",
            "",
            &[][..],
            "`telemetry.metrics.otlp.intervals[0]` in the text: the pattern `refused_wait_second` \
             matches no metric of the program; the nearest is `refused_wait_seconds`",
        ),
        (
            "",
            "refused_*=1s,refusd_*=1s",
            &[],
            "`METRICS_COLLECTION_INTERVALS[1]` in the environment: the pattern `refusd_*` matches \
             no metric of the program; the nearest is `refused",
        ),
        (
            "",
            "",
            &["refused.*", "Refused_*"],
            "`MetricsBuilder::otlp_interval` in the program: the pattern `Refused_*` matches no \
             metric of the program; the nearest is `refused",
        ),
        (
            "{ metrics: nothing.like.it, interval: 1s }",
            "",
            &[],
            "`telemetry.metrics.otlp.intervals[0]` in the text: the pattern `nothing.like.it` \
             matches no metric of the program; a pattern for metrics of other libraries",
        ),
    ] {
        let message = refused_intervals(document, variable, of_builder);
        assert!(message.starts_with(expected), "{message}");
        assert!(message.ends_with(optional), "{message}");
    }
}

#[test]
fn an_interval_that_never_counts() {
    let first_counts = "the first pattern that matches a metric counts";
    for (document, variable, expected) in [
        (
            "{ metrics: refused_*, interval: 1s }, { metrics: refused_*, interval: 2s }",
            "",
            "`telemetry.metrics.otlp.intervals[1]` in the text: the pattern `refused_*` stands \
             twice; expected each pattern once"
                .to_owned(),
        ),
        (
            "",
            "refused_*=1s,other_*=1s;optional,refused_wait_*=2s;optional",
            format!(
                "`METRICS_COLLECTION_INTERVALS[2]` in the environment: the pattern \
                 `refused_wait_*` never counts, because `refused_*` stands before it and \
                 {first_counts}; put the narrower pattern first"
            ),
        ),
        (
            "{ metrics: refused_wait*, interval: 1s }, { metrics: refused_j*, interval: 1s },
             { metrics: '*_level', interval: 1s }, { metrics: refused_w*s, interval: 2s }",
            "",
            format!(
                "`telemetry.metrics.otlp.intervals[3]` in the text: the pattern `refused_w*s` \
                 never counts, because patterns before it match all of its metrics: \
                 `refused_wait*`; {first_counts}"
            ),
        ),
    ] {
        assert_eq!(refused_intervals(document, variable, &[]), expected);
    }
}

#[test]
fn an_interval_that_is_set_in_code_and_not_allowed() {
    for (metrics, interval, expected) in [
        ("refused *", SECOND, "with the interval 1s; expected the name of a metric, in which"),
        ("", SECOND, "with the interval 1s; expected the name of a metric, in which"),
        ("refused_*", Duration::ZERO, "with the interval 0s; expected a duration"),
        ("refused_*", 86_401 * SECOND, "with the interval 1day 1s; expected a duration"),
    ] {
        let mut config = MetricsConfig::default();
        config.otlp.enabled = true;
        config.otlp.intervals = vec![OtlpInterval::new(metrics, interval)];
        let message = install(config).unwrap_err().to_string();
        let begin = format!(
            "`OtlpInterval::new` in the program: the pattern `{metrics}` is not allowed {expected}"
        );
        assert!(message.starts_with(&begin), "{message}\n{begin}");
    }
}

#[test]
fn intervals_that_are_accepted() {
    let document = "telemetry: { metrics: { otlp: { intervals: [
        { metrics: refused_wait_seconds, interval: 1s },
        { metrics: 'refused.dotted.*', interval: 2s },
        { metrics: refused_dotted_wait_seconds, interval: 3s, optional: true },
        { metrics: osapi_build_info, interval: 4s },
        { metrics: 'rpc.*', interval: 5s, optional: true }
    ] } } }";
    let environment = Environment::from_iter([(
        "METRICS_COLLECTION_INTERVALS",
        "refused_*=1s,rpc.*=1s;optional",
    )]);
    let builder = Metrics::builder().config(MetricsConfig::from_yaml(document).unwrap());
    let builder = builder.environment(environment).otlp_interval("refused_w*", SECOND);
    let metrics = builder.install().unwrap();
    let patterns: Vec<_> =
        metrics.config().otlp.intervals.iter().map(|entry| entry.metrics.as_str()).collect();
    let expected = [
        "refused_*",
        "rpc.*",
        "refused_wait_seconds",
        "refused.dotted.*",
        "refused_dotted_wait_seconds",
        "osapi_build_info",
        "rpc.*",
        "refused_w*",
    ];
    assert_eq!(patterns, expected, "each source may override the next one");
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
        let mut config = MetricsConfig::default();
        config.otlp.enabled = true;
        let builder = Metrics::builder().config(config).enabled(true).environment(environment);
        let error = builder.install().unwrap_err();
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
