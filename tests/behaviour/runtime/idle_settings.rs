//! Mistakes in settings for exporters or metrics that are off: the runtime starts, with a warning.

use std::{path::PathBuf, sync::PoisonError, time::Duration};

use osapi_metrics::{
    InstallError, Metrics, MetricsBuilder,
    config::{Environment, MetricsConfig, OtlpInterval},
    exposition::Format,
};
use osapi_metrics_tests::logs::logs;

/// A program with this configuration and these variables.
fn builder(config: MetricsConfig, variables: &[(&str, &str)]) -> MetricsBuilder {
    Metrics::builder().config(config).environment(variables.iter().copied().collect())
}

/// The warnings of the log about settings of what is off that contain this text.
fn warnings(text: &str) -> Vec<String> {
    let logs = logs().lock().unwrap_or_else(PoisonError::into_inner);
    let lines = String::from_utf8_lossy(&logs);
    let is_warning = |line: &&str| line.contains("WARN") && line.contains("settings for");
    lines.lines().filter(is_warning).filter(|line| line.contains(text)).map(str::to_owned).collect()
}

#[test]
fn a_timeout_of_a_push_that_is_off_does_not_stop_the_process() {
    logs();
    let wrong = ("OTEL_EXPORTER_OTLP_TIMEOUT", "off-timeout");
    for (variables, enabled) in [
        (&[wrong][..], false),
        (&[wrong, ("TELEMETRY_ENABLED", "true")], true),
        (
            &[
                wrong,
                ("TELEMETRY_ENABLED", "true"),
                ("OTEL_METRICS_EXPORTER", "otlp"),
                ("OTEL_SDK_DISABLED", "true"),
            ],
            false,
        ),
    ] {
        let before = warnings("off-timeout").len();
        let metrics = builder(MetricsConfig::default(), variables).install().unwrap();
        assert_eq!(metrics.config().enabled, enabled);
        assert_eq!(warnings("off-timeout").len() - before, 1, "{variables:?}");
    }
    let on = [wrong, ("TELEMETRY_ENABLED", "true"), ("OTEL_METRICS_EXPORTER", "otlp")];
    let error = builder(MetricsConfig::default(), &on).install().unwrap_err();
    assert!(error.to_string().contains("`OTEL_EXPORTER_OTLP_TIMEOUT`"), "{error}");
}

/// Mistakes that only the program's metrics or the endpoint show, from a document, the environment
/// and the builder.
#[test]
fn one_warning_lists_all_mistakes() {
    logs();
    let document = "telemetry: { metrics: {
        path: idle-path, bearer_token_file: idle-token, scrape_timeout: idle-time,
        buckets: { idle_metric_seconds: [1] }, otlp: { colour: red }
    } }";
    let variables = [("OTEL_EXPORTER_OTLP_HEADERS", "hidden"), ("OTEL_METRICS_EXPORTER", "idle")];
    let builder = builder(MetricsConfig::from_yaml(document).unwrap(), &variables)
        .otlp_interval("idle_no_such_*", Duration::from_secs(1));
    let metrics = builder.install().unwrap();
    assert!(!metrics.config().enabled);
    let found = warnings("idle-path");
    let [warning] = &found[..] else { panic!("{found:#?}") };
    for part in [
        "`telemetry.metrics.path` in the text is \"idle-path\"",
        "`telemetry.metrics.bearer_token_file` in the text names the file `idle-token`",
        "`telemetry.metrics.scrape_timeout` in the text is \"idle-time\"",
        "telemetry.metrics.buckets.idle_metric_seconds: no histogram of this name",
        "unknown key `telemetry.metrics.otlp.colour`",
        "`OTEL_EXPORTER_OTLP_HEADERS` in the environment has a value that is not shown",
        "`OTEL_METRICS_EXPORTER` in the environment is \"idle\"",
        "the pattern `idle_no_such_*` matches no metric of the program",
    ] {
        assert!(warning.contains(part), "{part}\n{warning}");
    }
    assert!(!warning.contains("hidden"), "{warning}");
}

/// As programs do that need the configuration before the runtime.
#[test]
fn variables_that_a_program_has_applied_before_are_warned_about() {
    logs();
    let environment = Environment::from_iter([("OTEL_EXPORTER_OTLP_TIMEOUT", "applied-before")]);
    let config = MetricsConfig::default().with_environment(&environment).unwrap();
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let _metrics = builder.install().unwrap();
    assert_eq!(warnings("applied-before").len(), 1);
}

#[test]
fn a_builder_that_is_off_starts_whatever_a_switch_says() {
    let variables = [("TELEMETRY_ENABLED", "yes"), ("OTEL_SDK_DISABLED", "1")];
    let error = builder(MetricsConfig::default(), &variables).enabled(true).install().unwrap_err();
    assert!(matches!(error, InstallError::Config(_)), "{error:?}");
    let metrics = builder(MetricsConfig::default(), &variables).enabled(false).install().unwrap();
    assert!(!metrics.config().enabled);
}

#[test]
fn settings_of_the_program_for_what_is_off_do_not_stop_it() {
    let mut config = MetricsConfig::default();
    config.path = "no-slash".to_owned();
    config.bearer_token_file = Some(PathBuf::from("/no/such/token"));
    config.buckets.insert("no_such_seconds".to_owned(), vec![f64::NAN]);
    config.otlp.intervals = vec![OtlpInterval::new("", Duration::ZERO)];
    config.otlp.certificate = Some(PathBuf::from("/no/such/certificate"));
    let metrics = builder(config.clone(), &[]).install().unwrap();
    assert_eq!(metrics.render(Format::OpenMetrics), "# EOF\n");
    for (part, error) in [
        ("no_such_seconds", builder(config.clone(), &[]).enabled(true).install().unwrap_err()),
        ("no-slash", {
            config.buckets.clear();
            builder(config.clone(), &[]).enabled(true).install().unwrap_err()
        }),
        ("/no/such/token", {
            config.path = "/metrics".to_owned();
            builder(config.clone(), &[]).enabled(true).install().unwrap_err()
        }),
    ] {
        assert!(error.to_string().contains(part), "{error}");
    }
    // The push and the endpoint are off, and metrics are on.
    config.path = "no-slash".to_owned();
    config.prometheus = false;
    let metrics = builder(config, &[]).enabled(true).install().unwrap();
    assert!(metrics.config().enabled);
}
