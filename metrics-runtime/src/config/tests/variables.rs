use std::time::Duration;

use super::{
    super::{proxies::ProxyVariable, *},
    TestResult, refusal,
};

type Set = fn(&mut MetricsConfig);

pub(super) fn with(variables: &[(&str, &str)]) -> Result<MetricsConfig, ConfigError> {
    MetricsConfig::default().merged(&variables.iter().copied().collect()).checked()
}

/// Each variable with a value, and its effect on the defaults.
const ACCEPTED: &[(&str, &str, Set)] = &[
    ("OTEL_SDK_DISABLED", "true", |_| {}),
    ("OTEL_SDK_DISABLED", "False", |_| {}),
    ("TELEMETRY_ENABLED", "TRUE", |c| c.enabled = true),
    ("TELEMETRY_ENABLED", "false", |_| {}),
    ("OTEL_METRICS_EXPORTER", "otlp,console", |c| {
        (c.prometheus, c.otlp.enabled, c.console) = (false, true, true);
    }),
    ("OTEL_METRICS_EXPORTER", "prometheus", |_| {}),
    ("OTEL_METRICS_EXPORTER", "none", |c| c.prometheus = false),
    ("OTEL_SERVICE_NAME", "api", |c| {
        c.service_name = Some("api".into());
    }),
    ("OTEL_RESOURCE_ATTRIBUTES", "service.name=api,a=x%2Cy", |c| {
        c.service_name = Some("api".into());
        c.resource = [("a".into(), "x,y".into())].into();
    }),
    ("METRICS_LABEL_MACHINE_ID", "m1", |c| {
        c.resource = [("host.id".into(), "m1".into())].into();
    }),
    ("METRICS_LABEL_WORKER_ID", "w1", |c| {
        c.resource = [("service.instance.id".into(), "w1".into())].into();
    }),
    ("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0", |c| {
        c.listen = ([0, 0, 0, 0], 9464).into();
    }),
    ("OTEL_EXPORTER_PROMETHEUS_PORT", "0", |c| {
        c.listen.set_port(0);
    }),
    ("OTEL_METRICS_EXEMPLAR_FILTER", "Always_On", |c| {
        c.exemplar_filter = ExemplarFilter::AlwaysOn;
    }),
    ("METRICS_EXPLORER", "true", |c| {
        c.explorer = Some(true);
    }),
    ("METRICS_COLLECTION_INTERVAL", "30s", |c| {
        c.otlp.interval = Duration::from_secs(30);
    }),
    ("OTEL_METRIC_EXPORT_INTERVAL", "5000", |c| {
        c.otlp.interval = Duration::from_secs(5);
    }),
    ("METRICS_COLLECTION_INTERVALS", "a_*=5s, b.?=1m30s;optional,", |c| {
        c.otlp.intervals = vec![interval(0, "a_*", 5), interval(1, "b.?", 90).optional()];
    }),
    ("OTEL_METRIC_EXPORT_TIMEOUT", "5000", |c| {
        c.otlp.timeout = Duration::from_secs(5);
    }),
    ("OTEL_METRIC_EXPORT_TIMEOUT", "30000", |_| {}),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1", |c| {
        c.otlp.endpoint = Some(OtlpEndpoint::Base("http://c:1".into()));
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "c:1", |c| {
        c.otlp.endpoint = Some(OtlpEndpoint::Exact("c:1".into()));
    }),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", |c| {
        c.otlp.protocol = OtlpProtocol::HttpProtobuf;
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "HTTP/JSON", |c| {
        c.otlp.protocol = OtlpProtocol::HttpJson;
    }),
    ("OTEL_EXPORTER_OTLP_HEADERS", "Api-Key=a%20b, x = y", |c| {
        c.otlp.headers = [("api-key".into(), "a b".into()), ("x".into(), "y".into())].into();
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=b=", |c| {
        c.otlp.headers = [("a".into(), "b=".into())].into();
    }),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500", |c| {
        c.otlp.timeout = Duration::from_millis(1500);
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", " 60000 ", |c| {
        c.otlp.timeout = Duration::from_secs(60);
    }),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "none", |c| {
        c.otlp.compression = OtlpCompression::None;
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "gzip", |_| {}),
    ("OTEL_EXPORTER_OTLP_INSECURE", "true", |c| {
        c.otlp.insecure = true;
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_INSECURE", "True", |c| {
        c.otlp.insecure = true;
    }),
    ("OTEL_EXPORTER_OTLP_CERTIFICATE", "Cargo.toml", |c| {
        c.otlp.certificate = Some("Cargo.toml".into());
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "Cargo.toml", |c| {
        c.otlp.certificate = Some("Cargo.toml".into());
    }),
    ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "Cargo.toml", |c| {
        c.otlp.client_certificate = Some("Cargo.toml".into());
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE", "Cargo.toml", |c| {
        c.otlp.client_certificate = Some("Cargo.toml".into());
    }),
    ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "Cargo.toml", |c| {
        c.otlp.client_key = Some("Cargo.toml".into());
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "Cargo.toml", |c| {
        c.otlp.client_key = Some("Cargo.toml".into());
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta", |c| {
        c.otlp.temporality = OtlpTemporality::Delta;
    }),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "LowMemory", |c| {
        c.otlp.temporality = OtlpTemporality::LowMemory;
    }),
    (
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "BASE2_exponential_bucket_histogram",
        |c| {
            c.otlp.default_histogram_aggregation = OtlpHistogramAggregation::Exponential;
        },
    ),
    (
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        "explicit_bucket_histogram",
        |_| {},
    ),
    ("METRICS_NATIVE_HISTOGRAMS", "a_seconds=true, b.c = False,", |c| {
        c.native_histograms = [("a_seconds".into(), true), ("b.c".into(), false)].into();
    }),
    ("HTTPS_PROXY", "proxy:1", |c| c.proxies.https = Some(proxy("HTTPS_PROXY"))),
    ("https_proxy", "proxy:1", |c| c.proxies.https = Some(proxy("https_proxy"))),
    ("HTTP_PROXY", "proxy:1", |c| c.proxies.http = Some(proxy("HTTP_PROXY"))),
    ("http_proxy", "proxy:1", |c| c.proxies.http = Some(proxy("http_proxy"))),
    ("ALL_PROXY", "proxy:1", |c| c.proxies.all = Some(proxy("ALL_PROXY"))),
    ("all_proxy", "proxy:1", |c| c.proxies.all = Some(proxy("all_proxy"))),
    ("NO_PROXY", "proxy:1", |c| c.proxies.exceptions = Some(proxy("NO_PROXY"))),
    ("no_proxy", "proxy:1", |c| c.proxies.exceptions = Some(proxy("no_proxy"))),
];

/// An interval of a metric at this position of the variable.
fn interval(position: usize, metrics: &str, seconds: u64) -> OtlpInterval {
    let name = format!("METRICS_COLLECTION_INTERVALS[{position}]");
    let interval = Duration::from_secs(seconds);
    OtlpInterval::at(name, ConfigSource::Environment, metrics.to_owned(), interval)
}

/// A variable of a proxy that has the value of the table.
fn proxy(name: &'static str) -> ProxyVariable {
    ProxyVariable { name, value: Some(Secret::from("proxy:1")) }
}

/// The variables that the table covers.
pub(super) fn tested() -> impl Iterator<Item = &'static str> {
    let accepted = ACCEPTED.iter().map(|(variable, ..)| *variable);
    accepted.chain(["OTEL_CONFIG_FILE"])
}

#[test]
fn each_variable_sets_its_field() -> TestResult {
    for (variable, value, set) in ACCEPTED {
        let mut expected = MetricsConfig::default();
        set(&mut expected);
        assert_eq!(with(&[(variable, value)])?, expected, "{variable}={value}");
    }
    Ok(())
}

#[test]
fn an_empty_variable_is_an_unset_one() -> TestResult {
    for variable in tested() {
        assert_eq!(with(&[(variable, "")])?, MetricsConfig::default(), "{variable}");
    }
    Ok(())
}

/// A byte longer than an identity may be.
const LONG: &str = match str::from_utf8(&[b'x'; 256]) {
    Ok(text) => text,
    Err(_) => "",
};

/// Each variable with a wrong value, and the part of the message after the variable's name.
const REFUSED: &[(&str, &str, &str)] = &[
    ("OTEL_SDK_DISABLED", "1", "is \"1\"; expected `true` or `false`"),
    ("TELEMETRY_ENABLED", "yes", "is \"yes\"; expected `true` or `false`"),
    (
        "OTEL_METRICS_EXPORTER",
        "otlp,zipkin",
        "is \"otlp,zipkin\"; expected `none`, or a comma-separated list of",
    ),
    ("OTEL_METRICS_EXPORTER", "none,otlp", "is \"none,otlp\"; expected `none`, or"),
    ("OTEL_SERVICE_NAME", " ", "is \" \"; expected a text that is not empty"),
    ("OTEL_RESOURCE_ATTRIBUTES", "a", "is \"a\"; expected a comma-separated list of `key=value`"),
    ("OTEL_RESOURCE_ATTRIBUTES", "a=%zz", "is \"a=%zz\"; expected a comma-separated list"),
    ("METRICS_LABEL_MACHINE_ID", " ", "is \" \"; expected a text of 1 to 255 bytes without"),
    ("METRICS_LABEL_MACHINE_ID", "a\u{1b}b", "is \"a\\u{1b}b\"; expected a text of 1 to 255"),
    ("METRICS_LABEL_WORKER_ID", " ", "is \" \"; expected a text of 1 to 255 bytes without"),
    (
        "METRICS_LABEL_WORKER_ID",
        LONG,
        "is \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"…; \
         expected a text of 1 to 255 bytes without control characters",
    ),
    (
        "OTEL_EXPORTER_PROMETHEUS_HOST",
        "example.com",
        "is \"example.com\"; expected an IP address or `localhost`",
    ),
    ("OTEL_EXPORTER_PROMETHEUS_PORT", "65536", "is \"65536\"; expected a port from 0 to 65535"),
    (
        "OTEL_METRICS_EXEMPLAR_FILTER",
        "sampled",
        "is \"sampled\"; expected `trace_based`, `always_on` or `always_off`",
    ),
    ("METRICS_EXPLORER", "on", "is \"on\"; expected `true` or `false`"),
    ("METRICS_COLLECTION_INTERVAL", "30", "is \"30\"; expected a duration with its unit"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "60s", "is \"60s\"; expected a whole number of milliseconds"),
    ("OTEL_METRIC_EXPORT_TIMEOUT", "0", "is \"0\"; expected a whole number of milliseconds"),
    (
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "ftp://c",
        "is \"ftp://c\"; expected a URL with scheme `http` or `https`",
    ),
    ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://", "is \"http://\"; expected a URL"),
    (
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "http://u:hidden@c",
        "has a value that is not shown; expected a URL without",
    ),
    (
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "http",
        "is \"http\"; expected `grpc`, `http/protobuf` or `http/json`",
    ),
    ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "udp", "is \"udp\"; expected `grpc`"),
    (
        "OTEL_EXPORTER_OTLP_HEADERS",
        "hidden",
        "has a value that is not shown; expected a comma-separated list",
    ),
    (
        "OTEL_EXPORTER_OTLP_HEADERS",
        "a b=hidden",
        "has a value that is not shown; expected a header name",
    ),
    (
        "OTEL_EXPORTER_OTLP_METRICS_HEADERS",
        "a=hidden%0A",
        "has a value that is not shown; expected a header value",
    ),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "-1", "is \"-1\"; expected a whole number of milliseconds"),
    (
        "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT",
        "10s",
        "is \"10s\"; expected a whole number of milliseconds",
    ),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "is \"zstd\"; expected `gzip` or `none`"),
    ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", "gz", "is \"gz\"; expected `gzip` or `none`"),
    ("OTEL_EXPORTER_OTLP_INSECURE", "0", "is \"0\"; expected `true` or `false`"),
    ("OTEL_EXPORTER_OTLP_METRICS_INSECURE", "t", "is \"t\"; expected `true` or `false`"),
    ("OTEL_EXPORTER_OTLP_CERTIFICATE", "no.pem", "names the file `no.pem`: "),
    ("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", "no.pem", "names the file `no.pem`: "),
    (
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
        "src",
        "names the file `src`: it is a folder, not a regular file; expected a readable file",
    ),
    ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE", "no.pem", "names the file `no.pem`: "),
    ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "no.pem", "names the file `no.pem`: "),
    ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "no.pem", "names the file `no.pem`: "),
    (
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "sometimes",
        "is \"sometimes\"; expected `cumulative`, `delta` or `lowmemory`",
    ),
];

#[test]
fn a_wrong_value_is_refused_with_variable_value_and_what_is_allowed() {
    for (variable, value, rest) in REFUSED {
        let error = with(&[(variable, value)]).expect_err(variable);
        let message = error.to_string();
        let expected = format!("`{variable}` in the environment {rest}");
        assert!(message.starts_with(&expected), "{message}\n{expected}");
        assert!(!format!("{message} {error:?}").contains("hidden"), "{error:?}");
    }
}

#[test]
fn an_entry_of_a_list_is_refused_by_its_position() {
    let duration = "expected a duration with its unit from `1ms` to `24h`";
    let entry =
        "expected `pattern=duration`, such as `osapi_job_*=5s`, or `pattern=duration;optional`";
    for (value, position, rest) in [
        ("a", 0, format!("is \"a\"; {entry}")),
        ("a=5s,b", 1, format!("is \"b\"; {entry}")),
        ("a=5s;b", 0, format!("is \"a=5s;b\"; {entry}")),
        ("a=5s;optional;optional", 0, format!("is \"a=5s;optional;optional\"; {entry}")),
        ("a=5s,=5s", 1, "is \"=5s\"; expected the name of a metric, in which `*`".to_owned()),
        ("a b=5s", 0, "is \"a b=5s\"; expected the name of a metric".to_owned()),
        ("a=5", 0, format!("is \"a=5\"; {duration}")),
        ("a=0s", 0, format!("is \"a=0s\"; {duration}")),
        ("a=5s,b=,c=1s", 1, format!("is \"b=\"; {duration}")),
    ] {
        let message = refusal(with(&[("METRICS_COLLECTION_INTERVALS", value)]));
        let name = format!("`METRICS_COLLECTION_INTERVALS[{position}]`");
        let expected = format!("{name} in the environment {rest}");
        assert!(message.starts_with(&expected), "{message}\n{expected}");
    }
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf8_is_refused() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};

    let value = OsString::from_vec(vec![b'a', 0xff]);
    let environment = Environment::from_iter([("OTEL_SERVICE_NAME", value)]);
    let refusal = refusal(MetricsConfig::default().merged(&environment).checked());
    assert!(refusal.starts_with("`OTEL_SERVICE_NAME` in the environment has a value that is not shown; expected a text in UTF-8"));
}
