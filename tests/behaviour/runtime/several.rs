//! Several runtimes in one process.

use std::{sync::LazyLock, thread};

use osapi_metrics::{
    Counter, Histogram, MetricSet, Metrics, ObservableGauge,
    config::{Environment, MetricsConfig},
    exposition::Format,
};
use osapi_metrics_tests::reading::{self, Reading};

use super::install;
use crate::{RUNTIME, read};

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "several")]
struct Several {
    /// Counted.
    jobs_total: Counter,
    /// Recorded.
    #[metric(unit = "s", buckets = [1])]
    wait_seconds: Histogram,
    /// Observed.
    load: ObservableGauge,
    /// Counted while runtimes come and go.
    busy_total: Counter,
    /// Recorded while runtimes come and go.
    #[metric(unit = "s", buckets = [1])]
    busy_seconds: Histogram,
    /// Counted beside a runtime that is off.
    beside_total: Counter,
}

/// Boundaries belong to the process: those that one runtime configures, all have.
#[test]
fn each_sees_everything_and_ends_alone() {
    fn check(metrics: &Metrics, samples: u64, bounds: &[f64], name: &str) -> reading::Histogram {
        let reading = Reading::of(metrics);
        let jobs = reading.number("several_jobs_total", &[]);
        assert_eq!(jobs, Some(f64::from(u32::try_from(samples).unwrap())), "{name}");
        let histogram = reading.histogram("several_wait_seconds", &[]).unwrap();
        assert_eq!(histogram.bounds, bounds, "{name}");
        assert_eq!((histogram.count, histogram.sum), (samples, 0.5 * samples as f64), "{name}");
        assert_eq!(histogram.buckets.iter().sum::<u64>(), samples, "{name}: {histogram:?}");
        assert_eq!(reading.number("several_load", &[]), Some(0.5), "{name}");
        histogram
    }
    let record = || {
        Several::global().jobs_total.inc();
        Several::global().wait_seconds.record(0.5);
    };
    let _load = Several::global().load.observe(|| 0.5);
    record();
    let first = install(MetricsConfig::default()).unwrap();
    record();
    check(&first, 2, &[1.0], "first");
    let mut config = MetricsConfig::default();
    config.buckets.insert("several_wait_seconds".to_owned(), vec![0.25, 2.0]);
    let second = install(config).unwrap();
    record();
    for (metrics, name) in [(&first, "first"), (&second, "second")] {
        let histogram = check(metrics, 3, &[0.25, 2.0], name);
        assert_eq!(histogram.buckets, [0, 3, 0], "{name}");
    }
    first.shutdown().unwrap();
    record();
    check(&second, 4, &[0.25, 2.0], "second");
    assert_eq!(first.render(Format::OpenMetrics), "# EOF\n");
    drop((first, second));
    record();
    // A later runtime begins with everything that was recorded, also while there was no runtime.
    let third = install(MetricsConfig::default()).unwrap();
    let histogram = Reading::of(&third).histogram("several_wait_seconds", &[]).unwrap();
    assert_eq!((histogram.count, histogram.sum), (5, 2.5));
}

#[test]
fn runtimes_that_come_and_go_lose_and_repeat_nothing() {
    let seen = || {
        let metrics = install(MetricsConfig::default()).unwrap();
        let reading = Reading::of(&metrics);
        let samples = reading.histogram("several_busy_seconds", &[]).map_or(0, |h| h.count);
        (reading.number("several_busy_total", &[]).unwrap(), samples)
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5_000 {
                    Several::global().busy_total.inc();
                    Several::global().busy_seconds.record(0.5);
                }
            });
        }
        let mut last = (0.0, 0);
        for _ in 0..6 {
            let now = seen();
            assert!(now.0 >= last.0 && now.1 >= last.1, "{now:?} after {last:?}");
            assert!(now.1 <= 20_000, "{now:?}");
            last = now;
        }
    });
    let (sum, samples) = seen();
    assert_eq!((Some(sum), samples), (Some(20_000.0), 20_000));
}

#[test]
fn one_that_is_off_does_not_switch_off_the_others() {
    LazyLock::force(&RUNTIME);
    let off = Metrics::builder().environment(Environment::default()).install().unwrap();
    assert!(!off.config().enabled);
    assert!(off.provider().is_none());
    Several::global().beside_total.inc();
    assert_eq!(off.render(Format::OpenMetrics), "# EOF\n");
    off.flush().unwrap();
    off.shutdown().unwrap();
    Several::global().beside_total.inc();
    assert_eq!(read().number("several_beside_total", &[]), Some(2.0));
}

#[test]
fn the_environment_has_the_last_word() {
    LazyLock::force(&RUNTIME);
    for (variable, value) in [("OTEL_SDK_DISABLED", "true"), ("TELEMETRY_ENABLED", "false")] {
        let environment = Environment::from_iter([(variable, value)]);
        let metrics = Metrics::builder().enabled(true).environment(environment).install().unwrap();
        assert!(!metrics.config().enabled, "{variable}");
        assert_eq!(metrics.render(Format::Text), "", "{variable}");
    }
    let environment = Environment::from_iter([
        ("TELEMETRY_ENABLED", "true"),
        ("OTEL_SERVICE_NAME", "named-outside"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=test"),
    ]);
    let metrics = Metrics::builder().service_name("named").environment(environment).install();
    let reading = metrics.unwrap().render(Format::Text);
    let resource = "deployment_environment=\"test\",service_name=\"named-outside\"";
    assert!(reading.contains(resource), "{reading}");
}

#[test]
fn a_builder_that_is_off_overrides_the_file_and_the_environment() {
    LazyLock::force(&RUNTIME);
    let config = MetricsConfig::from_yaml("telemetry: { debug: true, metrics: { enabled: true } }");
    let environment = Environment::from_iter([("TELEMETRY_ENABLED", "true")]);
    let builder = Metrics::builder().config(config.unwrap()).environment(environment);
    let metrics = builder.enabled(false).install().unwrap();
    assert!(!metrics.config().enabled);
    assert!(metrics.provider().is_none());
    assert_eq!(metrics.render(Format::OpenMetrics), "# EOF\n");
}
