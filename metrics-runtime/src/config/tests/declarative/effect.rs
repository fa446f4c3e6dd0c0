use std::{fs, time::Duration};

use super::*;

const ALL: &str = "
file_format: '1.1'
disabled: false
log_level: debug
attribute_limits: { attribute_count_limit: 3 }
resource:
  attributes_list: service.name=listed,a=listed,b=x%2Cy
  attributes:
    - { name: service.name, value: painter }
    - { name: a, value: own }
    - { name: text, value: x, type: string }
    - { name: bool, value: true, type: bool }
    - { name: int, value: -3, type: int }
    - { name: double, value: 1, type: double }
    - { name: texts, value: [x, y], type: string_array }
    - { name: bools, value: [true], type: bool_array }
    - { name: ints, value: [1, 2], type: int_array }
    - { name: doubles, value: [1, 2.5], type: double_array }
    - { name: none, value: null }
  schema_url: https://opentelemetry.io/schemas/1.37.0
meter_provider:
  exemplar_filter: always_off
  readers:
    - periodic:
        interval: 5000
        timeout: 7000
        cardinality_limits: { default: 100 }
        exporter:
          otlp_http:
            endpoint: https://collector.example/in
            headers: [{ name: Api-Key, value: own }, { name: c, value: null }]
            headers_list: api-key=listed,b=x%20y
            compression: gzip
            max_request_size: 5000
            timeout: 8000
            encoding: json
            temporality_preference: low_memory
            default_histogram_aggregation: base2_exponential_bucket_histogram
            tls: { ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem }
    - periodic:
        interval: 5000
        exporter: { console: { temporality_preference: cumulative } }
    - pull:
        cardinality_limits: { default: 100 }
        exporter:
          prometheus/development:
            host: 0.0.0.0
            port: 9999
            scope_info_enabled: true
            target_info_enabled/development: true
            translation_strategy: underscore_escaping_with_suffixes
tracer_provider: { processors: [] }
unknown_to_everybody: 1
";

#[test]
fn every_key_has_its_effect() -> TestResult {
    let (folder, path) = file("otel.yaml", ALL)?;
    for name in ["ca.pem", "cert.pem", "key.pem"] {
        fs::write(folder.path().join(name), "x")?;
    }
    let environment = Environment::from_iter([("OTEL_CONFIG_FILE", &path)]);
    let config = MetricsConfig::default().merged(&environment).checked()?;

    let mut expected = MetricsConfig {
        enabled: true,
        console: true,
        exemplar_filter: ExemplarFilter::AlwaysOff,
        service_name: Some("painter".into()),
        resource: [
            ("a".to_owned(), "own".into()),
            ("b".to_owned(), "x,y".into()),
            ("text".to_owned(), "x".into()),
            ("bool".to_owned(), true.into()),
            ("int".to_owned(), ResourceValue::Int(-3)),
            ("double".to_owned(), 1.0.into()),
            ("texts".to_owned(), ResourceValue::Texts(vec!["x".into(), "y".into()])),
            ("bools".to_owned(), ResourceValue::Bools(vec![true])),
            ("ints".to_owned(), ResourceValue::Ints(vec![1, 2])),
            ("doubles".to_owned(), ResourceValue::Doubles(vec![1.0, 2.5])),
        ]
        .into(),
        resource_schema_url: Some("https://opentelemetry.io/schemas/1.37.0".into()),
        listen: ([0, 0, 0, 0], 9999).into(),
        scope_labels: ScopeLabels::All,
        cardinality_limit: 100,
        notes: config.notes.clone(),
        ..MetricsConfig::default()
    };
    expected.otlp = OtlpConfig {
        enabled: true,
        endpoint: Some(OtlpEndpoint::Exact("https://collector.example/in".into())),
        protocol: OtlpProtocol::HttpJson,
        interval: Duration::from_secs(5),
        intervals: Vec::new(),
        timeout: Duration::from_secs(7),
        compression: OtlpCompression::Gzip,
        max_request_bytes: 5000,
        headers: [("api-key".into(), "own".into()), ("b".into(), "x y".into())].into(),
        temporality: OtlpTemporality::LowMemory,
        default_histogram_aggregation: OtlpHistogramAggregation::Exponential,
        insecure: false,
        certificate: Some(folder.path().join("ca.pem")),
        client_certificate: Some(folder.path().join("cert.pem")),
        client_key: Some(folder.path().join("key.pem")),
    };
    assert_eq!(config, expected);
    let keys = ["log_level", "attribute_limits", "tracer_provider"];
    assert_eq!(config.notes, [note::Note::OtherKeys { file: path, keys: keys.to_vec() }]);
    // The runtime applies the environment once more.
    assert_eq!(config.clone().merged(&environment), config);
    Ok(())
}

#[test]
fn what_is_left_out_has_the_default_of_the_format() -> TestResult {
    for exporter in ["otlp_http:", "otlp_http: {}", "otlp_http: null"] {
        let keys = format!(
            "meter_provider: {{ readers: [{{ periodic: {{ exporter: {{ {exporter} }} }} }}] }}"
        );
        let config = read(&with_keys(&keys), &[])?;
        let mut expected = MetricsConfig { enabled: true, prometheus: false, ..Default::default() };
        expected.otlp.enabled = true;
        expected.otlp.protocol = OtlpProtocol::HttpProtobuf;
        expected.otlp.compression = OtlpCompression::None;
        assert_eq!(config, expected);
        assert_eq!(config.otlp.url(), "http://localhost:4318/v1/metrics");
    }
    let grpc = "meter_provider: { readers: [{ periodic: { exporter: { otlp_grpc: { endpoint: 'c:1', tls: { insecure: true } } } } }] }";
    let config = read(&with_keys(grpc), &[])?;
    assert_eq!(
        (config.otlp.protocol, config.otlp.url()),
        (OtlpProtocol::Grpc, "http://c:1".into())
    );
    let pull = "meter_provider: { readers: [{ pull: { exporter: { prometheus/development: } } }] }";
    let expected = MetricsConfig { enabled: true, ..Default::default() };
    assert_eq!(read(&with_keys(pull), &[])?, expected);
    Ok(())
}

#[test]
fn a_time_limit_of_zero_is_the_other_one() -> TestResult {
    for (reader, exporter, seconds) in [
        ("", "", 10),
        ("timeout: 0,", "", 10),
        ("timeout: 0,", "timeout: 0", 86_400),
        ("", "timeout: 0", 30),
    ] {
        let keys = format!(
            "meter_provider: {{ readers: [{{ periodic: {{ {reader} exporter: {{ otlp_http: {{ {exporter} }} }} }} }}] }}"
        );
        let config = read(&with_keys(&keys), &[])?;
        assert_eq!(config.otlp.timeout, Duration::from_secs(seconds), "{reader} {exporter}");
    }
    Ok(())
}

#[test]
fn the_file_says_whether_metrics_are_on() -> TestResult {
    let provider = "meter_provider: { readers: [{ periodic: { exporter: { console: } } }] }";
    let on = [("TELEMETRY_ENABLED", "true")];
    let off = [("TELEMETRY_ENABLED", "false")];
    for (keys, variables, enabled) in [
        (provider.to_owned(), &[][..], true),
        (provider.to_owned(), &off, false),
        (String::new(), &[], false),
        (String::new(), &on, true),
        ("meter_provider: null".to_owned(), &[], false),
        (format!("disabled: true, {provider}"), &[], false),
        (format!("disabled: true, {provider}"), &on, false),
        (format!("disabled: null, {provider}"), &[], true),
    ] {
        assert_eq!(read(&with_keys(&keys), variables)?.enabled, enabled, "{keys} {variables:?}");
    }
    Ok(())
}

#[test]
fn json_is_yaml() -> TestResult {
    let text = r#"{"file_format": "1.0", "meter_provider": {"readers": [
        {"pull": {"exporter": {"prometheus/development": {"host": "${HOST:-::1}", "port": 0}}}}]}}"#;
    assert_eq!(read(text, &[])?.listen, "[::1]:0".parse()?);
    Ok(())
}

#[test]
fn a_later_format_is_noted() -> TestResult {
    for (format, notes) in [("1.0", 0), ("1.1", 0), ("1.2", 1), ("1.10", 1)] {
        let config = read(&format!("file_format: '{format}'"), &[])?;
        assert_eq!(config.notes.len(), notes, "{format}");
    }
    Ok(())
}
