//! Mistakes in settings for what is on, which are errors, and for what is off, which are not.

use super::{super::*, TestResult};

/// The names that the errors of a document and the environment begin with.
fn refused(keys: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let config = MetricsConfig::from_yaml(&format!("telemetry: {{ {keys} }}")).unwrap();
    let environment = variables.iter().copied().collect();
    let errors = match config.with_environment(&environment) {
        Ok(_) => Vec::new(),
        Err(ConfigError::Several(errors)) => errors,
        Err(error) => vec![error],
    };
    let name = |error: &ConfigError| error.to_string().split('`').nth(1).unwrap().to_owned();
    errors.iter().map(name).collect()
}

const SDK_DISABLED: (&str, &str) = ("OTEL_SDK_DISABLED", "true");
const ON: (&str, &str) = ("TELEMETRY_ENABLED", "true");
const OFF: (&str, &str) = ("TELEMETRY_ENABLED", "false");

/// Each variable with a mistake, and the exporters of which at least one must be on for it to
/// count.
const VARIABLES: &[(&str, &str, &[&str])] = &[
    ("OTEL_SDK_DISABLED", "1", &[]),
    ("OTEL_METRICS_EXPORTER", "zipkin", &[]),
    ("OTEL_SERVICE_NAME", " ", &[]),
    ("OTEL_RESOURCE_ATTRIBUTES", "a", &[]),
    ("METRICS_LABEL_MACHINE_ID", " ", &[]),
    ("METRICS_LABEL_WORKER_ID", " ", &[]),
    ("OTEL_EXPORTER_PROMETHEUS_HOST", "example.com", &["prometheus"]),
    ("OTEL_EXPORTER_PROMETHEUS_PORT", "x", &["prometheus"]),
    ("METRICS_COLLECTION_INTERVAL", "30", &["otlp", "console"]),
    ("OTEL_METRIC_EXPORT_INTERVAL", "60s", &["otlp", "console"]),
    ("METRICS_COLLECTION_INTERVALS", "a", &["otlp"]),
    ("OTEL_METRIC_EXPORT_TIMEOUT", "bad", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://c", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "http", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_HEADERS", "x", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "bad", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "bad", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_INSECURE", "0", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_CERTIFICATE", "no.pem", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "no.pem", &["otlp"]),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "low", &["otlp"]),
];

#[test]
fn a_variable_for_what_is_off_is_no_error() {
    for (variable, value, exporters) in VARIABLES {
        let wrong = (*variable, *value);
        for off in [&[][..], &[OFF], &[SDK_DISABLED], &[ON, SDK_DISABLED]] {
            if off.iter().any(|(name, _)| name == variable) {
                continue;
            }
            let variables = [&[wrong], off].concat();
            assert_eq!(refused("", &variables), [""; 0], "{variables:?}");
        }
        if exporters.is_empty() {
            assert!(refused("", &[wrong, ON])[0].starts_with(variable), "{variable}");
            continue;
        }
        for exporter in ["prometheus", "otlp", "console", "none"] {
            let refused = refused("", &[wrong, ON, ("OTEL_METRICS_EXPORTER", exporter)]);
            assert_eq!(refused.len(), usize::from(exporters.contains(&exporter)), "{variable}");
            assert!(refused.iter().all(|name| name.starts_with(variable)), "{refused:?}");
        }
    }
}

/// Keys in `telemetry` with a mistake, and the exporters of which at least one must be on.
const KEYS: &[(&str, &[&str])] = &[
    ("service_name: 5", &[]),
    ("resource: { a: 5 }", &[]),
    ("colour: red", &[]),
    ("metrics: { cardinality_limit: 0 }", &[]),
    ("metrics: { open_series_limit: x }", &[]),
    ("metrics: { buckets: { a: [] } }", &[]),
    ("metrics: { native_histograms: { a: 1 } }", &[]),
    ("metrics: { colour: red }", &[]),
    ("metrics: { path: x }", &["prometheus"]),
    ("metrics: { listen: 9464 }", &["prometheus"]),
    ("metrics: { bearer_token_file: no/such }", &["prometheus"]),
    ("metrics: { explorer: maybe }", &["prometheus"]),
    ("metrics: { explorer_history: never }", &["prometheus"]),
    ("metrics: { created_samples: 1 }", &["prometheus"]),
    ("metrics: { scope_labels: some }", &["prometheus"]),
    ("metrics: { max_concurrent_scrapes: 0 }", &["prometheus"]),
    ("metrics: { scrape_timeout: 1ms }", &["prometheus"]),
    ("metrics: { otlp: { interval: 60 } }", &["otlp", "console"]),
    ("metrics: { otlp: { timeout: bad } }", &["otlp"]),
    ("metrics: { otlp: { intervals: [a] } }", &["otlp"]),
    ("metrics: { otlp: { headers: { a: '${NO_SUCH_VARIABLE}' } } }", &["otlp"]),
    ("metrics: { otlp: { headers: { a: x, A: x } } }", &["otlp"]),
    ("metrics: { otlp: { certificate: no.pem } }", &["otlp"]),
    ("metrics: { otlp: { default_histogram_aggregation: x } }", &["otlp"]),
    ("metrics: { otlp: { colour: red } }", &["otlp"]),
];

#[test]
fn a_key_for_what_is_off_is_no_error() {
    for (keys, exporters) in KEYS {
        for off in [&[][..], &[OFF], &[ON, SDK_DISABLED]] {
            assert_eq!(refused(keys, off), [""; 0], "{keys} {off:?}");
        }
        for exporter in ["prometheus", "otlp", "console", "none"] {
            let refused = refused(keys, &[ON, ("OTEL_METRICS_EXPORTER", exporter)]);
            let is_on = exporters.is_empty() || exporters.contains(&exporter);
            assert_eq!(refused.len(), usize::from(is_on), "{keys} with {exporter}: {refused:?}");
        }
    }
}

/// However many there are, and whatever else is wrong.
#[test]
fn many_keys_for_what_is_off_are_no_error_and_hide_none() {
    let many: Vec<_> = (0..200).map(|nth| format!("k{nth}: 1")).collect();
    let many = many.join(", ");
    let keys = format!("metrics: {{ otlp: {{ {many} }}, scrape_timeout: bad }}");
    let prometheus = [ON, ("OTEL_METRICS_EXPORTER", "prometheus")];
    assert_eq!(refused(&keys, &prometheus), ["telemetry.metrics.scrape_timeout"]);
    let both = [ON, ("OTEL_METRICS_EXPORTER", "prometheus,otlp")];
    let found = refused(&keys, &both);
    assert_eq!(found.len(), 52, "{found:?}");
    assert!(found.contains(&"telemetry.metrics.scrape_timeout".to_owned()), "{found:?}");
    assert!(found.contains(&"telemetry.metrics.otlp.k50".to_owned()), "{found:?}");
}

/// What a wrong switch was meant to say is not known, unless another setting decides.
#[test]
fn a_wrong_switch_is_an_error_until_another_setting_decides() {
    for (keys, variables, expected) in [
        ("", &[("TELEMETRY_ENABLED", "yes")][..], &["TELEMETRY_ENABLED"][..]),
        ("", &[("TELEMETRY_ENABLED", "yes"), SDK_DISABLED], &[]),
        ("debug: 1", &[], &["telemetry.debug"]),
        ("debug: 1", &[OFF], &[]),
        ("debug: 1", &[ON], &["telemetry.debug"]),
        ("debug: 1", &[SDK_DISABLED], &[]),
        ("metrics: { enabled: 'true' }", &[], &["telemetry.metrics.enabled"]),
        ("metrics: { enabled: 'true' }", &[OFF], &[]),
        ("metrics: { enable: true }", &[], &["telemetry.metrics.enable"]),
        ("metric: { enabled: true }", &[], &["telemetry.metric"]),
        ("metrics: true", &[], &["telemetry.metrics"]),
        ("metrics: true", &[SDK_DISABLED], &[]),
        ("metrics: { otlp: { enabled: ja } }", &[], &[]),
        (
            "debug: true, metrics: { otlp: { enabled: ja, timeout: bad } }",
            &[],
            &["telemetry.metrics.otlp.enabled", "telemetry.metrics.otlp.timeout"],
        ),
        (
            "debug: true, metrics: { otlp: { enabled: ja, timeout: bad } }",
            &[("OTEL_METRICS_EXPORTER", "prometheus")],
            &[],
        ),
        (
            "debug: true, metrics: { otlp: { enable: true } }",
            &[],
            &["telemetry.metrics.otlp.enable"],
        ),
        (
            "debug: true, metrics: { prometheus: no, path: x }",
            &[],
            &["telemetry.metrics.prometheus", "telemetry.metrics.path"],
        ),
        (
            "debug: true, metrics: { otlp: 5, path: x }",
            &[("OTEL_METRICS_EXPORTER", "zipkin")],
            &["telemetry.metrics.path", "telemetry.metrics.otlp", "OTEL_METRICS_EXPORTER"],
        ),
    ] {
        let mut refused = refused(keys, variables);
        let mut expected = expected.to_vec();
        refused.sort();
        expected.sort_unstable();
        assert_eq!(refused, expected, "{keys} {variables:?}");
    }
}

#[test]
fn the_program_turns_on_what_a_document_leaves_off() -> TestResult {
    let text = "telemetry: { metrics: { enabled: true, otlp: { timeout: bad } } }";
    let mut config = MetricsConfig::from_yaml(text)?.with_environment(&Environment::default())?;
    assert!(config.clone().checked().is_err(), "the mistake stays with the configuration");
    config.otlp.enabled = true;
    let error = config.with_environment(&Environment::default()).unwrap_err();
    assert!(error.to_string().starts_with("`telemetry.metrics.otlp.timeout` in the text"));
    Ok(())
}

#[test]
fn variables_that_are_read_again_replace_the_earlier_ones() -> TestResult {
    let wrong = Environment::from_iter([("OTEL_EXPORTER_OTLP_TIMEOUT", "bad")]);
    let config = MetricsConfig::default().with_environment(&wrong)?.with_environment(&wrong)?;
    assert_eq!(config.mistakes().count(), 1);
    // A program may have applied the variables before, and pass none to the builder.
    let config = config.with_environment(&Environment::default())?;
    assert_eq!(config.mistakes().count(), 1);
    let right = Environment::from_iter([("OTEL_EXPORTER_OTLP_TIMEOUT", "5000")]);
    assert_eq!(config.with_environment(&right)?.mistakes().count(), 0);

    let list = |value| Environment::from_iter([("METRICS_COLLECTION_INTERVALS", value)]);
    let config = MetricsConfig::default().with_environment(&list("a"))?;
    assert_eq!(config.with_environment(&list("b"))?.mistakes().count(), 1);
    Ok(())
}
