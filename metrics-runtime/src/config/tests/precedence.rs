//! Precedence: the environment overrides the document, and some variables override others.

use std::time::Duration;

use super::{super::*, TestResult, refusal, variables::with, yaml};

#[test]
fn off_wins_over_on() -> TestResult {
    let on = yaml("telemetry: { debug: true }")?;
    for (variables, enabled) in [
        (&[][..], true),
        (&[("TELEMETRY_ENABLED", "false")], false),
        (&[("OTEL_SDK_DISABLED", "true")], false),
        (&[("OTEL_SDK_DISABLED", "true"), ("TELEMETRY_ENABLED", "true")], false),
        (&[("OTEL_SDK_DISABLED", "false"), ("TELEMETRY_ENABLED", "false")], false),
        (&[("OTEL_METRICS_EXPORTER", "none")], true),
    ] {
        let environment = variables.iter().copied().collect();
        assert_eq!(on.clone().with_environment(&environment)?.enabled, enabled, "{variables:?}");
    }
    assert!(!with(&[("OTEL_METRICS_EXPORTER", "otlp")])?.enabled, "exporters alone enable nothing");
    Ok(())
}

#[test]
fn the_environment_wins_over_the_document_and_keeps_the_rest() -> TestResult {
    let document = yaml(
        "telemetry:
          service_name: document
          resource: { a: document, b: document, host.id: document }
          metrics:
            listen: 10.0.0.1:1
            otlp:
              endpoint: http://document
              interval: 7s
              headers: { a: document, b: document }",
    )?;
    assert_eq!(document.clone().with_environment(&Environment::default())?, document);
    let environment = Environment::from_iter([
        ("OTEL_SERVICE_NAME", "environment"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=attribute,a=environment,host.id=standard"),
        ("METRICS_LABEL_MACHINE_ID", "label"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "2"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://environment"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "A=environment"),
    ]);
    let config = document.with_environment(&environment)?;
    assert_eq!(config.service_name, Some("environment".into()));
    let resource = [("a", "environment"), ("b", "document"), ("host.id", "standard")];
    assert_eq!(config.resource, resource.map(|(k, v)| (k.into(), v.into())).into());
    assert_eq!(config.listen, "10.0.0.1:2".parse()?);
    assert_eq!(config.otlp.url(), "http://environment");
    assert_eq!(config.otlp.interval, Duration::from_secs(7));
    assert_eq!(config.otlp.headers["a"].expose(), "environment");
    assert_eq!(config.otlp.headers["b"].expose(), "document");
    Ok(())
}

#[test]
fn the_variable_for_metrics_wins_over_the_general_one() -> TestResult {
    let config = with(&[
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://metrics/in"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "not a URL, and not looked at"),
        ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", ""),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=general"),
    ])?;
    assert_eq!(config.otlp.url(), "http://metrics/in");
    assert_eq!(config.otlp.headers["a"].expose(), "general");
    Ok(())
}

#[test]
fn the_specification_wins_over_the_frameworks_interval() -> TestResult {
    let config =
        with(&[("OTEL_METRIC_EXPORT_INTERVAL", "5000"), ("METRICS_COLLECTION_INTERVAL", "30s")])?;
    assert_eq!(config.otlp.interval, Duration::from_secs(5));
    Ok(())
}

#[test]
fn intervals_of_the_environment_come_before_those_of_the_document() -> TestResult {
    let text = "telemetry: { metrics: { otlp: { interval: 9s, intervals: [
        { metrics: a_*, interval: 1s }, { metrics: b, interval: 2s }
    ] } } }";
    let environment = Environment::from_iter([("METRICS_COLLECTION_INTERVALS", "a_x=3s,c=4s")]);
    let config = yaml(text)?.with_environment(&environment)?;
    for config in [&config, &config.clone().with_environment(&environment)?] {
        let patterns: Vec<_> = config.otlp.intervals.iter().map(|i| i.metrics.as_str()).collect();
        assert_eq!(patterns, ["a_x", "c", "a_*", "b"]);
        for (name, other_name, seconds) in [
            ("a_x", "-", 3),
            ("-", "a_x", 3),
            ("a_y", "-", 1),
            ("b", "c", 4),
            ("b", "-", 2),
            ("d", "e", 9),
        ] {
            let interval = config.otlp.interval_of(name, other_name);
            assert_eq!(interval, Duration::from_secs(seconds), "{name} {other_name}");
        }
    }
    let without = config.clone().with_environment(&Environment::default())?;
    assert_eq!(without, config, "an unset variable changes nothing");
    let other = Environment::from_iter([("METRICS_COLLECTION_INTERVALS", "d=5s")]);
    let patterns = config.with_environment(&other)?.otlp.intervals;
    let patterns: Vec<_> = patterns.iter().map(|i| i.metrics.as_str()).collect();
    assert_eq!(patterns, ["d", "a_*", "b"], "a variable replaces what it has set before");
    Ok(())
}

#[test]
fn the_smaller_of_both_timeouts_counts() -> TestResult {
    for (export, exporter, seconds) in [("5000", "8000", 5), ("9000", "8000", 8)] {
        let config = with(&[
            ("OTEL_METRIC_EXPORT_TIMEOUT", export),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", exporter),
        ])?;
        assert_eq!(config.otlp.timeout, Duration::from_secs(seconds));
    }
    Ok(())
}

#[test]
fn an_endpoint_without_scheme_is_for_grpc_alone() -> TestResult {
    let document = yaml("telemetry: { metrics: { otlp: { endpoint: 'c:4317' } } }")?;
    let over_http = Environment::from_iter([("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json")]);
    let message = refusal(document.merged(&over_http).checked());
    let expected = "`OTEL_EXPORTER_OTLP_METRICS_PROTOCOL` in the environment is \"http/json\"; expected `grpc`, because";
    assert!(message.starts_with(expected), "{message}");

    let document = yaml("telemetry: { metrics: { otlp: { protocol: http/json } } }")?;
    let scheme_less = Environment::from_iter([("OTEL_EXPORTER_OTLP_ENDPOINT", "c:4318")]);
    let message = refusal(document.merged(&scheme_less).checked());
    let expected = "`OTEL_EXPORTER_OTLP_ENDPOINT` in the environment is \"c:4318\"; expected a URL with its scheme";
    assert!(message.starts_with(expected), "{message}");
    Ok(())
}
