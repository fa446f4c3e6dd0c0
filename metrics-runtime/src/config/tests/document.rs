use std::time::Duration;

use super::{super::*, TestResult, keys_in_telemetry, yaml};

/// Every key with its default, if it has a default.
const DEFAULTS: &str = "
telemetry:
  debug: false
  service_name: osapi-api
  resource: { deployment.environment: dev }
  metrics:
    enabled: false
    path: /metrics
    listen: 127.0.0.1:9464
    bearer_token_file: null
    max_concurrent_scrapes: 40
    scrape_timeout: 15s
    cardinality_limit: 2000
    open_series_limit: 10000
    buckets:
      osapi_job_duration_seconds: [0.5, 1, 5]
    otlp:
      enabled: false
      endpoint: http://localhost:4317
      protocol: grpc
      interval: 60s
      intervals: []
      timeout: 10s
      compression: gzip
      max_request_bytes: 4000000
      headers: {}
      temporality: cumulative
";

fn defaults() -> MetricsConfig {
    MetricsConfig {
        service_name: Some("osapi-api".to_owned()),
        resource: [("deployment.environment".to_owned(), "dev".to_owned())].into(),
        buckets: [("osapi_job_duration_seconds".to_owned(), vec![0.5, 1.0, 5.0])].into(),
        otlp: OtlpConfig {
            endpoint: Some(OtlpEndpoint::Base("http://localhost:4317".to_owned())),
            ..OtlpConfig::default()
        },
        ..MetricsConfig::default()
    }
}

#[test]
fn a_document_that_spells_out_the_defaults_changes_nothing() -> TestResult {
    let config = yaml(DEFAULTS)?;
    assert_eq!(config, defaults());
    assert_eq!(config.otlp.url(), OtlpConfig::default().url());
    Ok(())
}

#[test]
fn toml_and_json_read_as_yaml_does() -> TestResult {
    let toml = r#"
        [telemetry]
        debug = false
        service_name = "osapi-api"
        resource.deployment.environment = "dev"
        [telemetry.metrics]
        enabled = false
        path = "/metrics"
        listen = "127.0.0.1:9464"
        max_concurrent_scrapes = 40
        scrape_timeout = "15s"
        cardinality_limit = 2000
        open_series_limit = 10000
        buckets.osapi_job_duration_seconds = [0.5, 1, 5]
        [telemetry.metrics.otlp]
        enabled = false
        endpoint = "http://localhost:4317"
        protocol = "grpc"
        interval = "60s"
        intervals = []
        timeout = "10s"
        compression = "gzip"
        max_request_bytes = 4000000
        headers = {}
        temporality = "cumulative"
    "#;
    let json = r#"{"telemetry": {
        "debug": false,
        "service_name": "osapi-api",
        "resource": {"deployment.environment": "dev"},
        "metrics": {
            "enabled": false,
            "path": "/metrics",
            "listen": "127.0.0.1:9464",
            "bearer_token_file": null,
            "max_concurrent_scrapes": 40,
            "scrape_timeout": "15s",
            "cardinality_limit": 2000,
            "open_series_limit": 10000,
            "buckets": {"osapi_job_duration_seconds": [0.5, 1, 5]},
            "otlp": {
                "enabled": false,
                "endpoint": "http://localhost:4317",
                "protocol": "grpc",
                "interval": "60s",
                "intervals": [],
                "timeout": "10s",
                "compression": "gzip",
                "max_request_bytes": 4000000,
                "headers": {},
                "temporality": "cumulative"
            }
        }
    }}"#;
    assert_eq!(MetricsConfig::from_toml(toml)?, defaults());
    assert_eq!(MetricsConfig::from_json(json)?, defaults());
    Ok(())
}

/// An interval of a metric at this position of the list in a text.
fn interval(position: usize, metrics: &str, seconds: u64) -> OtlpInterval {
    let name = format!("telemetry.metrics.otlp.intervals[{position}]");
    let interval = Duration::from_secs(seconds);
    OtlpInterval::at(name, ConfigSource::Text, metrics.to_owned(), interval)
}

#[test]
fn intervals_are_lists_of_tables_in_each_format() -> TestResult {
    let toml = r#"
        [[telemetry.metrics.otlp.intervals]]
        metrics = "a_*"
        interval = "5s"
        [[telemetry.metrics.otlp.intervals]]
        metrics = "b.?"
        interval = "60s"
        optional = true
    "#;
    let json = r#"{"telemetry": {"metrics": {"otlp": {"intervals": [
        {"metrics": "a_*", "interval": "5s"},
        {"metrics": "b.?", "interval": "60s", "optional": true}
    ]}}}}"#;
    let flow = "telemetry: { metrics: { otlp: { intervals: [
        { metrics: 'a_*', interval: 5s },
        { optional: true, interval: 1m, metrics: b.? }
    ] } } }";
    let expected = [interval(0, "a_*", 5), interval(1, "b.?", 60).optional()];
    assert_eq!(yaml(flow)?.otlp.intervals, expected);
    assert_eq!(MetricsConfig::from_toml(toml)?.otlp.intervals, expected);
    assert_eq!(MetricsConfig::from_json(json)?.otlp.intervals, expected);
    Ok(())
}

#[test]
fn a_document_may_leave_everything_out() -> TestResult {
    for text in
        ["", "# nothing", "telemetry:", "telemetry: { metrics: }", "telemetry: {}", "other: [1]"]
    {
        assert_eq!(yaml(text)?, MetricsConfig::default(), "{text}");
    }
    assert_eq!(MetricsConfig::from_toml("")?, MetricsConfig::default());
    assert_eq!(MetricsConfig::from_json("null")?, MetricsConfig::default());
    Ok(())
}

#[test]
fn other_keys_at_the_top_belong_to_the_application() -> TestResult {
    let text = "7: x\nserver: { !tag a: [1, ~], <<: *b }\ntelemetry: { debug: true }";
    let text = text.replace("server:", "base: &b { q: 1 }\nserver:");
    assert!(yaml(&text)?.enabled);
    let toml = "since = 2024-01-01\n[server]\nat = 07:30:00\n[telemetry]\ndebug = true";
    assert!(MetricsConfig::from_toml(toml)?.enabled);
    Ok(())
}

/// The effect of a key in `telemetry`, written as YAML on one line.
#[test]
fn each_key_sets_its_field() -> TestResult {
    type Set = fn(&mut MetricsConfig);
    let cases: &[(&str, Set)] = &[
        ("debug: true", |c| c.enabled = true),
        ("{ debug: true, metrics: { enabled: false } }", |c| {
            c.enabled = true;
        }),
        ("service_name: api", |c| c.service_name = Some("api".into())),
        ("resource: { a: x, b.c: y, d: { e: z } }", |c| {
            c.resource =
                [("a", "x"), ("b.c", "y"), ("d.e", "z")].map(|(k, v)| (k.into(), v.into())).into();
        }),
        ("resource: { service.name: api }", |c| {
            c.service_name = Some("api".into());
        }),
        ("{ service_name: a, resource: { service.name: b } }", |c| {
            c.service_name = Some("a".into());
        }),
        ("metrics: { enabled: true }", |c| c.enabled = true),
        ("metrics: { prometheus: false }", |c| c.prometheus = false),
        ("metrics: { console: true }", |c| c.console = true),
        ("metrics: { path: /internal/metrics }", |c| {
            c.path = "/internal/metrics".into();
        }),
        ("metrics: { listen: '[::]:0' }", |c| {
            c.listen = "[::]:0".parse().unwrap();
        }),
        ("metrics: { bearer_token_file: Cargo.toml }", |c| {
            c.bearer_token_file = Some("Cargo.toml".into());
        }),
        ("metrics: { max_concurrent_scrapes: 10000 }", |c| {
            c.max_concurrent_scrapes = 10_000;
        }),
        ("metrics: { scrape_timeout: 5m }", |c| {
            c.scrape_timeout = Duration::from_secs(300);
        }),
        ("metrics: { cardinality_limit: 1 }", |c| {
            c.cardinality_limit = 1;
        }),
        ("metrics: { open_series_limit: 1000000 }", |c| {
            c.open_series_limit = 1_000_000;
        }),
        ("metrics: { buckets: { a.b: [-1, 2.5, 7], c: { d: [1] } } }", |c| {
            c.buckets = [("a.b".into(), vec![-1.0, 2.5, 7.0]), ("c.d".into(), vec![1.0])].into();
        }),
        ("metrics: { otlp: { enabled: true } }", |c| {
            c.otlp.enabled = true;
        }),
        ("metrics: { otlp: { endpoint: 'https://c/x' } }", |c| {
            c.otlp.endpoint = Some(OtlpEndpoint::Base("https://c/x".into()));
        }),
        ("metrics: { otlp: { protocol: grpc } }", |c| {
            c.otlp.protocol = OtlpProtocol::Grpc;
        }),
        ("metrics: { otlp: { protocol: http/protobuf } }", |c| {
            c.otlp.protocol = OtlpProtocol::HttpProtobuf;
        }),
        ("metrics: { otlp: { protocol: http/json } }", |c| {
            c.otlp.protocol = OtlpProtocol::HttpJson;
        }),
        ("metrics: { otlp: { interval: 1m30s } }", |c| {
            c.otlp.interval = Duration::from_secs(90);
        }),
        ("metrics: { otlp: { timeout: 500ms } }", |c| {
            c.otlp.timeout = Duration::from_millis(500);
        }),
        ("metrics: { otlp: { compression: none } }", |c| {
            c.otlp.compression = OtlpCompression::None;
        }),
        ("metrics: { otlp: { max_request_bytes: 4096 } }", |c| {
            c.otlp.max_request_bytes = 4096;
        }),
        ("metrics: { otlp: { headers: { X-Key: a, b: '' } } }", |c| {
            c.otlp.headers = [("x-key".into(), "a".into()), ("b".into(), "".into())].into();
        }),
        ("metrics: { otlp: { temporality: delta } }", |c| {
            c.otlp.temporality = OtlpTemporality::Delta;
        }),
        ("metrics: { otlp: { temporality: lowmemory } }", |c| {
            c.otlp.temporality = OtlpTemporality::LowMemory;
        }),
        ("metrics: { otlp: { insecure: true } }", |c| {
            c.otlp.insecure = true;
        }),
        ("metrics: { otlp: { certificate: Cargo.toml } }", |c| {
            c.otlp.certificate = Some("Cargo.toml".into());
        }),
        ("metrics: { otlp: { client_certificate: Cargo.toml } }", |c| {
            c.otlp.client_certificate = Some("Cargo.toml".into());
        }),
        ("metrics: { otlp: { client_key: Cargo.toml } }", |c| {
            c.otlp.client_key = Some("Cargo.toml".into());
        }),
    ];
    for (keys, set) in cases {
        let mut expected = MetricsConfig::default();
        set(&mut expected);
        assert_eq!(yaml(&keys_in_telemetry(keys))?, expected, "{keys}");
    }
    Ok(())
}
