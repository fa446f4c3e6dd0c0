use super::{super::*, TestResult, from_text, keys_in_telemetry, refusal, yaml};
use crate::config::file::DocumentFormat;

/// Keys in `telemetry`, and the beginning of the message about them.
const REFUSED: &[(&str, &str)] = &[
    ("debug: 1", "`telemetry.debug` in the text is 1; expected `true` or `false`"),
    ("debug: 'yes'", "`telemetry.debug` in the text is \"yes\"; expected `true` or `false`"),
    (
        "service_name: ' '",
        "`telemetry.service_name` in the text is \" \"; expected a text that is not empty",
    ),
    (
        "service_name: 5",
        "`telemetry.service_name` in the text is 5; expected a text that is not empty",
    ),
    (
        "resource: { a: 1.10 }",
        "`telemetry.resource.a` in the text is 1.1; expected a text; put numbers",
    ),
    ("resource: { a: ~ }", "`telemetry.resource.a` in the text is null; expected a text"),
    (
        "resource: { '': a }",
        "`telemetry.resource` in the text is \"a\"; expected a table of names, which are not empty",
    ),
    (
        "metrics: { buckets: { '': [1] } }",
        "`telemetry.metrics.buckets` in the text is [1]; expected a table of names, which are not",
    ),
    ("resource: [a]", "`telemetry.resource` in the text is [\"a\"]; expected a table"),
    (
        "resource: { a.b: x, a: { b: y } }",
        "`telemetry.resource.a.b` stands twice in the text; expected each",
    ),
    (
        "metrics: true",
        "`telemetry.metrics` in the text is true; expected a table of keys and values",
    ),
    (
        "metrics: { enabled: 'true' }",
        "`telemetry.metrics.enabled` in the text is \"true\"; expected `true`",
    ),
    (
        "metrics: { prometheus: on }",
        "`telemetry.metrics.prometheus` in the text is \"on\"; expected `true`",
    ),
    (
        "metrics: { console: 0 }",
        "`telemetry.metrics.console` in the text is 0; expected `true` or `false`",
    ),
    (
        "metrics: { path: metrics }",
        "`telemetry.metrics.path` in the text is \"metrics\"; expected a path that",
    ),
    (
        "metrics: { listen: 9464 }",
        "`telemetry.metrics.listen` in the text is 9464; expected an IP address",
    ),
    (
        "metrics: { listen: '1.2.3.4' }",
        "`telemetry.metrics.listen` in the text is \"1.2.3.4\"; expected an IP",
    ),
    (
        "metrics: { bearer_token_file: no/such }",
        "`telemetry.metrics.bearer_token_file` in the text names the file `no/such`: ",
    ),
    (
        "metrics: { bearer_token_file: src }",
        "`telemetry.metrics.bearer_token_file` in the text names the file `src`: it is a folder, not a regular file",
    ),
    (
        "metrics: { bearer_token_file: true }",
        "`telemetry.metrics.bearer_token_file` in the text is true; expected the path",
    ),
    (
        "metrics: { max_concurrent_scrapes: 0 }",
        "`telemetry.metrics.max_concurrent_scrapes` in the text is 0; expected a whole number from 1 to 10000",
    ),
    (
        "metrics: { max_concurrent_scrapes: 10001 }",
        "`telemetry.metrics.max_concurrent_scrapes` in the text is 10001; expected a whole",
    ),
    (
        "metrics: { scrape_timeout: 999ms }",
        "`telemetry.metrics.scrape_timeout` in the text is \"999ms\"; expected a duration with its unit from `1s` to `5m`",
    ),
    (
        "metrics: { scrape_timeout: 6m }",
        "`telemetry.metrics.scrape_timeout` in the text is \"6m\"; expected a duration",
    ),
    (
        "metrics: { scrape_timeout: 15 }",
        "`telemetry.metrics.scrape_timeout` in the text is 15; expected a duration",
    ),
    (
        "metrics: { otlp: { max_request_bytes: 4095 } }",
        "`telemetry.metrics.otlp.max_request_bytes` in the text is 4095; expected a number of bytes from 4096",
    ),
    (
        "metrics: { otlp: { max_request_bytes: 67108865 } }",
        "`telemetry.metrics.otlp.max_request_bytes` in the text is 67108865; expected a number of bytes",
    ),
    (
        "metrics: { cardinality_limit: 0 }",
        "`telemetry.metrics.cardinality_limit` in the text is 0; expected a whole number from 1",
    ),
    (
        "metrics: { open_series_limit: 1000001 }",
        "`telemetry.metrics.open_series_limit` in the text is 1000001; expected a whole number from 1",
    ),
    (
        "metrics: { cardinality_limit: 2.5 }",
        "`telemetry.metrics.cardinality_limit` in the text is 2.5; expected a whole",
    ),
    (
        "metrics: { cardinality_limit: '10' }",
        "`telemetry.metrics.cardinality_limit` in the text is \"10\"; expected a whole",
    ),
    (
        "metrics: { cardinality_limit: 99999999999999999999 }",
        "`telemetry.metrics.cardinality_limit` in the text is 99999999999999999999;",
    ),
    (
        "metrics: { buckets: { a: [] } }",
        "`telemetry.metrics.buckets.a` in the text is []; expected a list of 1 to 100",
    ),
    (
        "metrics: { buckets: { a: [1, 1] } }",
        "`telemetry.metrics.buckets.a` in the text is [1, 1]; expected a list",
    ),
    (
        "metrics: { buckets: { a: [2, 1] } }",
        "`telemetry.metrics.buckets.a` in the text is [2, 1]; expected a list",
    ),
    (
        "metrics: { buckets: { a: [1, .inf] } }",
        "`telemetry.metrics.buckets.a` in the text is [1, inf]; expected a list",
    ),
    (
        "metrics: { buckets: { a: [.nan] } }",
        "`telemetry.metrics.buckets.a` in the text is [NaN]; expected a list",
    ),
    (
        "metrics: { buckets: { a: ['1'] } }",
        "`telemetry.metrics.buckets.a` in the text is [\"1\"]; expected a list",
    ),
    (
        "metrics: { buckets: { a: 1 } }",
        "`telemetry.metrics.buckets.a` in the text is 1; expected a list",
    ),
    (
        "metrics: { native_histograms: { a: 'yes' } }",
        "`telemetry.metrics.native_histograms.a` in the text is \"yes\"; expected `true` or `false`",
    ),
    (
        "metrics: { otlp: { default_histogram_aggregation: exponential } }",
        "`telemetry.metrics.otlp.default_histogram_aggregation` in the text is \"exponential\"; expected `explicit_bucket_histogram` or",
    ),
    (
        "metrics: { constant_labels: { a: 1 } }",
        "`telemetry.metrics.constant_labels.a` in the text is 1; expected a text",
    ),
    (
        "metrics: { constant_labels: { a: '' } }",
        "`telemetry.metrics.constant_labels.a` in the text is \"\"; expected a text that is not empty",
    ),
    (
        "metrics: { constant_labels: { le: x } }",
        "`telemetry.metrics.constant_labels.le` in the text is \"x\"; expected a key of lower-case letters",
    ),
    (
        "metrics: { constant_labels: { a: { b: x } } }",
        "`telemetry.metrics.constant_labels.a.b` in the text is \"x\"; expected a key of lower-case letters",
    ),
    (
        "metrics: { buckets: { a: !x [1] } }",
        "the text is not valid YAML: a tag that is not known at line ",
    ),
    ("resource: { ? [a] : b }", "the text is not valid YAML: a key that is no text at line "),
    (
        "metrics: { otlp: { enabled: ja } }",
        "`telemetry.metrics.otlp.enabled` in the text is \"ja\"; expected `true`",
    ),
    (
        "metrics: { otlp: { endpoint: 'ftp://c' } }",
        "`telemetry.metrics.otlp.endpoint` in the text is \"ftp://c\"; expected a URL",
    ),
    (
        "metrics: { otlp: { endpoint: 'c:4318', protocol: http/json } }",
        "`telemetry.metrics.otlp.endpoint` in the text is \"c:4318\"; expected a URL with its scheme",
    ),
    (
        "metrics: { otlp: { endpoint: 'http://u:hidden@c' } }",
        "`telemetry.metrics.otlp.endpoint` in the text has a value that is not shown; expected a URL without user name",
    ),
    (
        "metrics: { otlp: { protocol: http } }",
        "`telemetry.metrics.otlp.protocol` in the text is \"http\"; expected `grpc`, `http/protobuf` or `http/json`",
    ),
    (
        "metrics: { otlp: { interval: 60 } }",
        "`telemetry.metrics.otlp.interval` in the text is 60; expected a duration with its unit",
    ),
    (
        "metrics: { otlp: { interval: 0s } }",
        "`telemetry.metrics.otlp.interval` in the text is \"0s\"; expected a duration",
    ),
    (
        "metrics: { otlp: { intervals: { a: 5s } } }",
        "`telemetry.metrics.otlp.intervals` in the text is a table; expected a list of tables with the keys `metrics` and `interval`",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: a, interval: 1s }, 'b=5s'] } }",
        "`telemetry.metrics.otlp.intervals[1]` in the text is \"b=5s\"; expected a table with the keys `metrics` and `interval`",
    ),
    (
        "metrics: { otlp: { intervals: [{ interval: 5s }] } }",
        "`telemetry.metrics.otlp.intervals[0].metrics` in the text is null; expected the name of a metric, in which `*` stands for any characters and `?` for one: 1 to 255 letters",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: '', interval: 5s }] } }",
        "`telemetry.metrics.otlp.intervals[0].metrics` in the text is \"\"; expected the name of a metric",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: 'a[bc]', interval: 5s }] } }",
        "`telemetry.metrics.otlp.intervals[0].metrics` in the text is \"a[bc]\"; expected the name of a metric",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: [a, b], interval: 5s }] } }",
        "`telemetry.metrics.otlp.intervals[0].metrics` in the text is [\"a\", \"b\"]; expected the name of a metric",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: a }] } }",
        "`telemetry.metrics.otlp.intervals[0].interval` in the text is null; expected a duration with its unit from `1ms` to `24h`",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: a, interval: 0s }] } }",
        "`telemetry.metrics.otlp.intervals[0].interval` in the text is \"0s\"; expected a duration with its unit from `1ms` to `24h`",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: a, interval: 25h }] } }",
        "`telemetry.metrics.otlp.intervals[0].interval` in the text is \"25h\"; expected a duration with its unit from `1ms` to `24h`",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: a, interval: 5 }] } }",
        "`telemetry.metrics.otlp.intervals[0].interval` in the text is 5; expected a duration with its unit",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: a, interval: 5s, optional: 1 }] } }",
        "`telemetry.metrics.otlp.intervals[0].optional` in the text is 1; expected `true` or `false`",
    ),
    (
        "metrics: { otlp: { intervals: [{ metrics: a, metrics: b, interval: 5s }] } }",
        "`telemetry.metrics.otlp.intervals[0].metrics` stands twice in the text",
    ),
    (
        "metrics: { otlp: { timeout: 10 } }",
        "`telemetry.metrics.otlp.timeout` in the text is 10; expected a duration",
    ),
    (
        "metrics: { otlp: { compression: zstd } }",
        "`telemetry.metrics.otlp.compression` in the text is \"zstd\"; expected `gzip` or `none`",
    ),
    (
        "metrics: { otlp: { temporality: low } }",
        "`telemetry.metrics.otlp.temporality` in the text is \"low\"; expected `cumulative`, `delta` or `lowmemory`",
    ),
    (
        "metrics: { otlp: { insecure: 1 } }",
        "`telemetry.metrics.otlp.insecure` in the text is 1; expected `true` or `false`",
    ),
    (
        "metrics: { otlp: { certificate: no.pem } }",
        "`telemetry.metrics.otlp.certificate` in the text names the file `no.pem`: ",
    ),
    (
        "metrics: { otlp: { client_certificate: no.pem } }",
        "`telemetry.metrics.otlp.client_certificate` in the text names the file `no.pem`: ",
    ),
    (
        "metrics: { otlp: { client_key: no.pem } }",
        "`telemetry.metrics.otlp.client_key` in the text names the file `no.pem`: ",
    ),
    (
        "metrics: { otlp: { headers: { a: '${TOKEN}' } } }",
        "`telemetry.metrics.otlp.headers.a` in the text refers to the environment variable `TOKEN`, which is not set",
    ),
    (
        "metrics: { otlp: { headers: { a: { file: no } } } }",
        "`telemetry.metrics.otlp.headers.a.file` in the text names the file `no`: ",
    ),
    (
        "metrics: { otlp: { headers: { a: {} } } }",
        "`telemetry.metrics.otlp.headers.a` in the text has a value that is not shown; expected a text, in which `${`",
    ),
    (
        "metrics: { otlp: { headers: { a: ~ } } }",
        "`telemetry.metrics.otlp.headers.a` in the text has a value that is not shown; expected a text, in which `${`",
    ),
    (
        "metrics: { otlp: { headers: { a: x, A: y } } }",
        "`telemetry.metrics.otlp.headers.A` stands twice in the text",
    ),
    (
        "metrics: { path: /a, path: /b }",
        "`telemetry.metrics.path` stands twice in the text; expected each key once",
    ),
    ("!x {}", "the text is not valid YAML: a tag that is not known at line "),
];

#[test]
fn a_wrong_value_is_refused_with_key_value_source_and_what_is_allowed() {
    for (keys, message) in REFUSED {
        let refusal = refusal(yaml(&keys_in_telemetry(keys)));
        assert!(refusal.starts_with(message), "{keys}\n  {refusal}\n  {message}");
    }
}

#[test]
fn unknown_keys_come_with_the_nearest_and_all_known_ones() {
    for (keys, message) in [
        (
            "serviceName: x",
            "unknown key `telemetry.serviceName` in the text; did you mean `service_name`? \
             expected one of debug, service_name, resource, metrics",
        ),
        (
            "metrics: { otlp: { header: {} } }",
            "unknown key `telemetry.metrics.otlp.header` in the text; did you mean `headers`? expected one of enabled, \
             endpoint, protocol, interval, intervals, timeout, compression, max_request_bytes, headers, temporality, \
             default_histogram_aggregation, insecure, certificate, client_certificate, client_key",
        ),
        (
            "metrics: { otlp: { intervals: [{ metric: a, metrics: b, interval: 5s }] } }",
            "unknown key `telemetry.metrics.otlp.intervals[0].metric` in the text; did you mean `metrics`? \
             expected one of metrics, interval, optional",
        ),
        (
            "metrics: { '7': x }",
            "unknown key `telemetry.metrics.7` in the text; expected one of enabled, prometheus, console, path, \
             listen, bearer_token_file, explorer, explorer_history, created_samples, scope_labels, exemplar_filter, \
             max_concurrent_scrapes, scrape_timeout, cardinality_limit, open_series_limit, buckets, native_histograms, \
             constant_labels, otlp",
        ),
        (
            "metrics: { otlp: { headers: { a: { path: x, file: Cargo.toml } } } }",
            "unknown key `telemetry.metrics.otlp.headers.a.path` in the text; expected one of file",
        ),
    ] {
        let refusal = refusal(yaml(&keys_in_telemetry(keys)));
        assert!(refusal.contains(message), "{refusal}");
    }
}

#[test]
fn every_mistake_is_reported_at_once() {
    let text =
        keys_in_telemetry("metrics: { pth: /x, otlp: { interval: 1, timeout: 2 }, listen: x }");
    let Err(ConfigError::Several(errors)) = yaml(&text) else {
        panic!("several mistakes");
    };
    assert_eq!(errors.len(), 4);
    let message = ConfigError::Several(errors).to_string();
    assert!(
        message.starts_with("4 mistakes in the configuration:\n  `telemetry.metrics.listen`"),
        "{message}"
    );
}

/// The work and the message for what a stranger writes have a limit, whatever its form.
#[test]
fn messages_and_time_do_not_grow_with_the_document() {
    use DocumentFormat::{Json, Toml, Yaml};
    const BYTES: usize = 1_000_000;
    let long = "x".repeat(BYTES);
    let keys = |line: &dyn Fn(usize) -> String| (0..60_000).map(line).collect::<String>();
    let many = keys(&|number| format!("  k{number}: 1\n"));
    let documents = [
        (Yaml, format!("telemetry:\n{many}")),
        (Toml, format!("[telemetry]\n{}", keys(&|number| format!("k{number} = 1\n")))),
        (Json, format!("{{\"telemetry\": {{{}\"a\": 1}}}}", keys(&|n| format!("\"k{n}\": 1, ")))),
        (
            Yaml,
            format!(
                "telemetry:\n  service_name: {{}}\n  resource:\n{}",
                many.replace(" k", "   k")
            ),
        ),
        (Yaml, "[".repeat(BYTES)),
        (Yaml, "a: {".repeat(BYTES / 4)),
        (Yaml, "- ".repeat(BYTES / 2)),
        (Json, "[".repeat(BYTES)),
        (Json, "{\"a\": ".repeat(BYTES / 7)),
        (Toml, format!("a = {}", "[".repeat(BYTES))),
        (Toml, format!("a = {}", "{a=".repeat(BYTES / 3))),
        (Toml, format!("telemetry.{}a = 1", "a.".repeat(BYTES / 2))),
        (Toml, format!("[telemetry.resource.{}a]\nb = 1", "a.".repeat(BYTES / 2))),
        (Yaml, format!("telemetry: {{ {long}: 1 }}")),
        (Yaml, format!("telemetry: {{ service_name: [{long}] }}")),
        (Yaml, format!("telemetry: {{ debug: {long} }}")),
        (Yaml, format!("telemetry: {{ debug: [{}] }}", "1,".repeat(BYTES / 2))),
        (Yaml, format!("telemetry: {{ resource: {{ {long}: 1 }} }}")),
        (Yaml, format!("telemetry: {{ metrics: {{ bearer_token_file: {long} }} }}")),
        (Yaml, format!("telemetry: {{ metrics: {{ buckets: {{ {long}: 1 }} }} }}")),
        (
            Yaml,
            format!(
                "telemetry: {{ metrics: {{ otlp: {{ headers: {{ {long}: '${{{long}}}' }} }} }} }}"
            ),
        ),
        (
            Yaml,
            format!("telemetry: {{ metrics: {{ otlp: {{ headers: {{ a: '${{{long}}}' }} }} }} }}"),
        ),
        (
            Yaml,
            format!(
                "telemetry: {{ metrics: {{ otlp: {{ intervals: [{}] }} }} }}",
                "{ metrics: a*b, interval: 5s },".repeat(BYTES / 40)
            ),
        ),
        (Json, format!("{{\"telemetry\": {{\"debug\": {} }} }}", "1".repeat(BYTES))),
        (Json, format!("{{\"{long}\" 1}}")),
        (Toml, format!("{long} 1")),
        (Yaml, format!("*{long}")),
    ];
    for (format, text) in documents {
        let start: String = text.chars().take(60).collect();
        let message = refusal(from_text(&text, format, &Environment::default()));
        assert!(message.len() < 20_000, "{start}: {} bytes", message.len());
    }
    let message = refusal(yaml(&format!("telemetry:\n{many}")));
    assert!(message.starts_with("60000 mistakes in the configuration:\n"), "{message}");
    assert!(
        message.ends_with("\n  and 59950 more mistakes in the text, from `telemetry.k50` on"),
        "{message}"
    );
    assert_eq!(message.lines().count(), 52);
}

#[test]
fn messages_do_not_grow_with_a_variable() {
    let long = "x".repeat(1_000_000);
    let variables = [
        ("OTEL_METRIC_EXPORT_INTERVAL", long.clone()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", format!("ftp://{long}")),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", long.clone()),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", long.clone()),
        ("OTEL_RESOURCE_ATTRIBUTES", long.clone()),
        ("OTEL_EXPORTER_OTLP_HEADERS", long.clone()),
        ("OTEL_METRICS_EXPORTER", "otlp,".repeat(200_000)),
        ("METRICS_COLLECTION_INTERVALS", long.clone()),
        ("METRICS_COLLECTION_INTERVALS", "a,".repeat(500_000)),
        ("METRICS_COLLECTION_INTERVALS", "a*b=5s,".repeat(150_000)),
    ];
    for (variable, value) in variables {
        let environment = Environment::from_iter([(variable, value.as_str())]);
        let config = MetricsConfig::default().with_environment(&environment);
        let message = refusal(config.and_then(MetricsConfig::checked));
        assert!(message.starts_with(&format!("`{variable}")), "{message}");
        assert!(message.len() < 2_000, "{variable}: {}", message.len());
    }
}

#[test]
fn what_only_one_format_has_is_refused_by_name() {
    let date = "[telemetry]\nservice_name = 2024-01-01";
    assert_eq!(
        refusal(MetricsConfig::from_toml(date).and_then(MetricsConfig::checked)),
        "`telemetry.service_name` in the text is a date or time; expected a text that is not empty",
    );
}

/// What an alias brings has no place in the table itself.
#[test]
fn what_aliases_bring_has_texts_as_keys_and_no_tags() {
    for (table, message) in [
        (
            "{ ? [a] : b }",
            "`telemetry.resource.[\"a\"]` in the text is the value of a key that is no text",
        ),
        (
            "{ 1.10: b }",
            "`telemetry.resource.1.1` in the text is the value of a key that is no text",
        ),
        ("{ a: !x b }", "`telemetry.resource.a` in the text is a tagged value"),
        ("!x { a: b }", "`telemetry.resource` in the text is a tagged value"),
    ] {
        let refusal =
            refusal(yaml(&format!("base: &base {table}\ntelemetry: {{ resource: *base }}")));
        assert!(refusal.starts_with(message), "{refusal}");
    }
}

#[test]
fn documents_of_other_forms_are_refused_with_their_place() {
    for (text, message) in [
        (
            "telemetry: { resource: *base }\nbase: &base { a: b }",
            "the text is not valid YAML: while parsing node, found unknown anchor at line 1 column 24",
        ),
        ("telemetry: {}\n---\ntelemetry: {}", "the text is not valid YAML: "),
        ("telemetry: {}\ntelemetry: {}", "`telemetry` stands twice in the text"),
        (
            "telemetry: { resource: { a: b, a: c } }",
            "`telemetry.resource.a` stands twice in the text",
        ),
    ] {
        let refusal = refusal(yaml(text));
        assert!(refusal.starts_with(message), "{refusal}");
    }
}

#[test]
fn syntax_errors_name_line_and_column_but_not_the_line() {
    let secret = "hunter2";
    for (format, text, place) in [
        (DocumentFormat::Yaml, "telemetry:\n  a: hunter2\n b: 1", "the text is not valid YAML: "),
        (
            DocumentFormat::Yaml,
            "telemetry:\n  a: !!int hunter2",
            "the text is not valid YAML: a tag that does not fit its value at line 2 column 6",
        ),
        (DocumentFormat::Toml, "[telemetry]\na = 'hunter2", "the text is not valid TOML: "),
        (
            DocumentFormat::Toml,
            "[telemetry]\na = 'hunter2'\na = 1",
            "the text is not valid TOML: duplicate key at line 3 column 1",
        ),
        (DocumentFormat::Json, "{\n\"a\": \"hunter2\" 1}", "the text is not valid JSON: "),
    ] {
        let message = refusal(from_text(text, format, &Environment::default()));
        assert!(message.starts_with(place), "{message}");
        assert!(message.contains("line "), "{message}");
        assert!(!message.contains(secret), "{message}");
    }
    assert!(
        refusal(yaml("just a hunter2"))
            .starts_with("`telemetry` in the text has a value that is not shown")
    );
}

#[test]
fn headers_take_variables_and_are_never_shown() -> TestResult {
    let environment = Environment::from_iter([("TOKEN", "hunter2"), ("BROKEN", "hunter2\n")]);
    let read = |header: &str| {
        let text = keys_in_telemetry(&format!(
            "metrics: {{ otlp: {{ headers: {{ authorization: {header} }} }} }}"
        ));
        from_text(&text, DocumentFormat::Yaml, &environment)
    };
    let config = read("'Bearer ${TOKEN}'")?;
    assert_eq!(config.otlp.headers["authorization"].expose(), "Bearer hunter2");
    assert!(format!("{config:?}").contains("{\"authorization\": <redacted>}"));
    for wrong in
        ["'${BROKEN}'", "\"hunter2\\n\"", "'hunter2 ${'", "[hunter2]", "'${TOKEN} ${MISSING}'"]
    {
        let error = read(wrong).expect_err(wrong);
        assert!(
            error.to_string().contains("`telemetry.metrics.otlp.headers.authorization`"),
            "{error}"
        );
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
    assert!(!format!("{environment:?}").contains("hunter2"));
    Ok(())
}
