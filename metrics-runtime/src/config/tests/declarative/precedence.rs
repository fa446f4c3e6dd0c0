use std::time::Duration;

use super::*;

const FILE: &str = "
file_format: '1.1'
resource:
  attributes:
    - { name: service.name, value: file }
    - { name: a, value: file }
    - { name: host.id, value: file }
meter_provider:
  readers:
    - periodic: { interval: 5000, exporter: { otlp_grpc: { endpoint: 'http://file' } } }
";

#[test]
fn the_file_takes_the_place_of_the_variables_of_opentelemetry() -> TestResult {
    let variables: Vec<_> = crate::config::tests::variables::tested()
        .filter(|variable| variable.starts_with("OTEL_") && *variable != "OTEL_CONFIG_FILE")
        .map(|variable| (variable, "not even valid: \n"))
        .collect();
    assert!(variables.len() > 20);
    assert_eq!(read(FILE, &variables)?, read(FILE, &[])?);
    Ok(())
}

#[test]
fn the_file_wins_over_the_document_and_the_variables_of_the_framework() -> TestResult {
    let document = MetricsConfig::from_yaml(
        "telemetry:
           service_name: document
           resource: { a: document, b: document }
           metrics:
             path: /document
             console: true
             listen: 10.0.0.1:1
             scope_labels: none
             cardinality_limit: 7
             buckets: { x: [1, 2] }
             otlp:
               endpoint: http://document
               interval: 7s
               intervals: [{ metrics: a, interval: 9s }]
               timeout: 3s
               max_request_bytes: 5000
               headers: { a: document }
               temporality: delta",
    )?
    .checked()?;
    let variables = [
        ("METRICS_COLLECTION_INTERVAL", "8s"),
        ("METRICS_LABEL_MACHINE_ID", "m1"),
        ("METRICS_EXPLORER", "true"),
    ];
    let config = over(document.clone(), FILE, &variables)?;
    assert!(config.enabled && !config.console && !config.prometheus && config.otlp.enabled);
    assert_eq!(config.service_name.as_deref(), Some("file"));
    let resource = [("a", "file"), ("b", "document"), ("host.id", "file")];
    assert_eq!(config.resource, resource.map(|(key, text)| (key.to_owned(), text.into())).into());
    // What the file cannot say stays, and so do three settings that it leaves out.
    assert_eq!((&*config.path, config.explorer), ("/document", Some(true)));
    assert_eq!((config.buckets.len(), config.otlp.intervals.len()), (1, 1));
    assert_eq!((config.cardinality_limit, config.scope_labels), (7, ScopeLabels::None));
    let expected = OtlpConfig {
        enabled: true,
        endpoint: Some(OtlpEndpoint::Exact("http://file".into())),
        interval: Duration::from_secs(5),
        intervals: config.otlp.intervals.clone(),
        compression: OtlpCompression::None,
        max_request_bytes: 5000,
        ..OtlpConfig::default()
    };
    assert_eq!(config.otlp, expected);
    Ok(())
}

/// `TELEMETRY_ENABLED=false` always lets a process start.
#[test]
fn mistakes_count_while_metrics_are_on() -> TestResult {
    for text in ["{", "file_format: '2.0'", "file_format: '1.1'\nresource: { x: 1 }"] {
        let (_folder, path) = file("otel.yaml", text)?;
        let path = path.to_str().ok_or("no text")?;
        let with = |variables: &[(&str, &str)]| {
            let variables = variables.iter().copied().chain([("OTEL_CONFIG_FILE", path)]);
            MetricsConfig::default().with_environment(&variables.collect())
        };
        assert!(with(&[]).is_err(), "{text}");
        assert!(with(&[("OTEL_SDK_DISABLED", "true")]).is_err(), "{text}");
        assert!(!with(&[("TELEMETRY_ENABLED", "false")])?.enabled, "{text}");
    }
    let (_folder, path) =
        file("otel.yaml", "{ file_format: '1.1', disabled: true, resource: { x: 1 } }")?;
    let environment = Environment::from_iter([("OTEL_CONFIG_FILE", path)]);
    let config = MetricsConfig::default().with_environment(&environment)?;
    assert!(config.checked().is_err());
    Ok(())
}
