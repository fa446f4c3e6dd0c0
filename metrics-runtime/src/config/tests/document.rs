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
    created_samples: false
    scope_labels: others
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
        resource: [("deployment.environment".to_owned(), "dev".into())].into(),
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
        created_samples = false
        scope_labels = "others"
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
            "created_samples": false,
            "scope_labels": "others",
            "exemplar_filter": "trace_based",
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

type Set = fn(&mut MetricsConfig);

/// Keys in `telemetry`, and the fields that they set.
const CASES: &[(&str, Set)] = &[
    ("debug: true", |c| {
        c.enabled = true;
        c.explorer = cfg!(feature = "explorer").then_some(true);
    }),
    ("{ debug: true, metrics: { explorer: false } }", |c| {
        c.enabled = true;
        c.explorer = Some(false);
    }),
    ("{ debug: true, metrics: { enabled: false } }", |c| {
        c.explorer = cfg!(feature = "explorer").then_some(true);
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
    ("metrics: { explorer: true }", |c| {
        c.explorer = Some(true);
    }),
    ("metrics: { explorer_history: always }", |c| {
        c.explorer_history = ExplorerHistory::Always;
    }),
    ("metrics: { explorer_history: viewed }", |_| ()),
    ("metrics: { created_samples: true }", |c| {
        c.created_samples = true;
    }),
    ("metrics: { scope_labels: all }", |c| {
        c.scope_labels = ScopeLabels::All;
    }),
    ("metrics: { scope_labels: none }", |c| {
        c.scope_labels = ScopeLabels::None;
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
    ("metrics: { native_histograms: { a.b: true, c: { d: false } } }", |c| {
        c.native_histograms = [("a.b".into(), true), ("c.d".into(), false)].into();
    }),
    ("metrics: { constant_labels: { region: eu-1, tier_2: 'é' } }", |c| {
        let labels = [("region", "eu-1"), ("tier_2", "é")];
        c.constant_labels = labels.map(|(key, text)| (key.to_owned(), text.to_owned())).into();
    }),
    ("metrics: { otlp: { enabled: true } }", |c| {
        c.otlp.enabled = true;
    }),
    ("metrics: { otlp: { endpoint: 'https://c/x' } }", |c| {
        c.otlp.endpoint = Some(OtlpEndpoint::Base("https://c/x".into()));
    }),
    ("metrics: { otlp: { default_histogram_aggregation: explicit_bucket_histogram } }", |_| {}),
    (
        "metrics: { otlp: { default_histogram_aggregation: base2_exponential_bucket_histogram } }",
        |c| {
            c.otlp.default_histogram_aggregation = OtlpHistogramAggregation::Exponential;
        },
    ),
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

/// The effect of a key in `telemetry`, written as YAML on one line.
#[test]
fn each_key_sets_its_field() -> TestResult {
    for (keys, set) in CASES {
        let mut expected = MetricsConfig::default();
        set(&mut expected);
        assert_eq!(yaml(&keys_in_telemetry(keys))?, expected, "{keys}");
    }
    Ok(())
}

/// YAML's merge key, at the top, in nested tables, in lists, and of several tables.
#[test]
fn merged_tables_are_part_of_a_table() -> TestResult {
    let config = yaml(
        "
defaults: &defaults
  service_name: painter
  resource: &resource { a: merged, b: merged }
  metrics: { enabled: true, path: /merged }
rhythm: &rhythm { interval: 5s, optional: true }
slow: &slow { interval: 9s, timeout: 9s, compression: none }
telemetry:
  <<: *defaults
  resource:
    a: own
    <<: *resource
  metrics:
    enabled: true
    otlp:
      <<: [*rhythm_of_push, *slow]
      intervals:
        - { <<: *rhythm, metrics: a_* }
        - { <<: *rhythm, metrics: b_*, interval: 7s }
"
        .replace("*rhythm_of_push", "{ interval: 5s }")
        .as_str(),
    )?;
    assert_eq!(config.service_name.as_deref(), Some("painter"));
    assert_eq!(
        config.resource,
        [("a", "own"), ("b", "merged")].map(|(key, text)| (key.to_owned(), text.into())).into()
    );
    assert_eq!(config.path, "/metrics", "the table's own `metrics` replaces the merged one");
    assert_eq!(config.otlp.interval.as_secs(), 5, "the first of the merged tables counts");
    assert_eq!(config.otlp.timeout.as_secs(), 9);
    assert_eq!(config.otlp.compression, OtlpCompression::None);
    let seconds: Vec<_> =
        config.otlp.intervals.iter().map(|interval| interval.interval.as_secs()).collect();
    assert_eq!(seconds, [5, 7]);
    assert!(config.otlp.intervals.iter().all(|interval| interval.optional));

    let at_the_top = "base: &base { telemetry: { debug: true } }\n<<: *base";
    assert!(yaml(at_the_top)?.enabled);
    // A merge key of the application is its own matter.
    assert!(yaml("app: { <<: 5 }\ntelemetry: { debug: true }")?.enabled);
    Ok(())
}

/// As many keys as fit into a document, half of them in the table, half of them merged: a search
/// for each key would take minutes.
#[test]
fn large_tables_are_merged_at_once() -> TestResult {
    let keys = |name: &str| {
        let keys: Vec<_> = (0..40_000).map(|key| format!("{name}{key}: 1")).collect();
        keys.join(", ")
    };
    let (merged, own) = (keys("a"), keys("b"));
    let text = format!("app: {{ <<: {{ {merged} }}, {own} }}\ntelemetry: {{ debug: true }}");
    assert!(yaml(&text)?.enabled);
    Ok(())
}

#[test]
fn a_merge_key_that_cannot_be_applied_is_refused_by_name() {
    let refused = |text: &str| yaml(text).unwrap_err().to_string();
    for (text, name) in [
        ("telemetry: { <<: 5 }", "telemetry.<<"),
        ("telemetry: { <<: [{ debug: true }, no] }", "telemetry.<<"),
        ("telemetry: { <<: ~ }", "telemetry.<<"),
        ("telemetry: { metrics: { otlp: { <<: text } } }", "telemetry.metrics.otlp.<<"),
        ("telemetry: { <<: { debug: true }, <<: { service_name: x } }", "telemetry.<<"),
    ] {
        let message = refused(text);
        let expected = format!(
            "`{name}` in the text is a merge key that is not applied; expected a table or a list \
             of tables, once in its table, such as `<<: *defaults`"
        );
        assert_eq!(message, expected, "{text}");
    }
    // What is merged is checked as if it stood in the table.
    assert!(
        refused("telemetry: { <<: { colour: red } }").starts_with("unknown key `telemetry.colour`")
    );
    assert!(
        refused("telemetry: { <<: { debug: 1 } }")
            .starts_with("`telemetry.debug` in the text is 1")
    );
    // The other formats have no merge key.
    let json = MetricsConfig::from_json(r#"{"telemetry": {"<<": {"debug": true}}}"#);
    let message = json.and_then(MetricsConfig::checked).unwrap_err().to_string();
    assert!(message.starts_with("unknown key `telemetry.<<`"), "{message}");
}
