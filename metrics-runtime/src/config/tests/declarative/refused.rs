use super::*;

/// A reader with these keys.
fn with_reader(keys: &str) -> String {
    with_keys(&format!("meter_provider: {{ readers: [{{ {keys} }}] }}"))
}

#[test]
fn the_version_of_the_format_is_named() {
    for format in ["'0.4'", "'1.0-rc.1'", "'2.0'", "'1'", "'1.'", "1.1", "null", "'1.-1'", "''"] {
        // The keys of another version are not read.
        let found = mistakes(&format!("{{ file_format: {format}, meter_provider: 7 }}"), &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("`file_format` is "), "{found:?}");
        assert!(found[0].ends_with("the version 1 of the format, such as `\"1.1\"`"), "{found:?}");
    }
    assert!(mistakes("{}", &[])[0].starts_with("`file_format` is null"));
    assert!(mistakes("[]", &[])[0].starts_with("`file_format` has a value that is not shown"));
}

/// Keys at the top, and the mistake in them.
const AT_TOP: &[(&str, &str)] = &[
    ("disabled: 1", "`disabled` is 1; expected `true` or `false`"),
    (
        "disabld: true",
        "unknown key `disabld`; did you mean `disabled`? expected one of file_format, disabled, resource, meter_provider",
    ),
    (
        "meter_provider: {}",
        "`meter_provider.readers` is null; expected a list of readers, each with the key `periodic` or `pull`",
    ),
    (
        "meter_provider: { readers: [1] }",
        "`meter_provider.readers[0]` is 1; expected a table of keys and values",
    ),
    (
        "meter_provider: { readers: [{ pull: { exporter: { prometheus/development: } } }, { pull: { exporter: { prometheus/development: } } }] }",
        "`meter_provider.readers[1].pull.exporter.prometheus/development` is a table; expected one reader with the exporter `prometheus/development`",
    ),
    (
        "meter_provider: { readers: [{ periodic: { exporter: { otlp_http: } } }, { periodic: { exporter: { otlp_grpc: } } }] }",
        "`meter_provider.readers[1].periodic.exporter.otlp_grpc` is a table; expected one reader with an exporter of OTLP",
    ),
    (
        "meter_provider: { readers: [{ periodic: { interval: 5, exporter: { otlp_http: } } }, { periodic: { exporter: { console: } } }] }",
        "`meter_provider.readers[1].periodic.interval` is 60000; expected the interval of the periodic reader before, as the runtime has one interval",
    ),
    (
        "meter_provider: { readers: [{ periodic: { cardinality_limits: { default: 5 }, exporter: { console: } } }, { pull: { cardinality_limits: { default: 6 }, exporter: { prometheus/development: } } }] }",
        "`meter_provider.readers[1].pull.cardinality_limits.default` is 6; expected the limit of the reader before, as the runtime has one limit",
    ),
    (
        "resource: { attributes: [{ name: a, value: 1 }] }",
        "`resource.attributes[0].value` is 1; expected a text; the `type` of other values is given beside them",
    ),
    (
        "resource: { attributes: [{ name: a, value: [], type: int_array }] }",
        "`resource.attributes[0].value` is []; expected a list of whole numbers of 64 bits",
    ),
    (
        "resource: { attributes: [{ name: service.name, value: 1, type: int }] }",
        "`resource.attributes[0].value` is 1; expected a text, as for every attribute that begins with `service.`",
    ),
    (
        "resource: { attributes: [{ name: a, value: x, type: text }] }",
        "`resource.attributes[0].type` is \"text\"; expected `string`, `bool`, `int`, `double`, `string_array`, `bool_array`, `int_array` or `double_array`",
    ),
    (
        "resource: { attributes: [{ name: a, value: x }, { name: a, value: y }] }",
        "`resource.attributes[1].name` is \"a\"; expected a name that is not empty, and that no other entry has",
    ),
    (
        "resource: { detection/development: { detectors: [{ host: }] } }",
        "`resource.detection/development.detectors[0].host` is not supported; expected no key",
    ),
];

/// Keys of the only reader, and the mistake in them.
const OF_READER: &[(&str, &str)] = &[
    ("", "`meter_provider.readers[0]` is a table; expected one of the keys `periodic` and `pull`"),
    (
        "pul: {}",
        "unknown key `meter_provider.readers[0].pul`; did you mean `pull`? expected one of periodic, pull",
    ),
    (
        "periodic: {}",
        "`meter_provider.readers[0].periodic.exporter` is null; expected one of the keys `otlp_http`, `otlp_grpc` and `console`",
    ),
    (
        "pull:",
        "`meter_provider.readers[0].pull.exporter` is null; expected the key `prometheus/development`",
    ),
    (
        "periodic: { exporter: { zipkin: {} } }",
        "unknown key `meter_provider.readers[0].periodic.exporter.zipkin`; expected one of otlp_http, otlp_grpc, console",
    ),
    (
        "periodic: { exporter: { otlp_file/development: {} } }",
        "`meter_provider.readers[0].periodic.exporter.otlp_file/development` is not supported; expected one of otlp_http, otlp_grpc, console",
    ),
    (
        "periodic: { exporter: { console: , otlp_http: } }",
        "`meter_provider.readers[0].periodic.exporter` is a table; expected one of the keys `otlp_http`, `otlp_grpc` and `console`",
    ),
    (
        "periodic: { exporter: { console: }, interval: 0 }",
        "`meter_provider.readers[0].periodic.interval` is 0; expected a whole number of milliseconds from 1 to 86400000, such as `60000`",
    ),
    (
        "periodic: { exporter: { console: }, timeout: 5 }",
        "`meter_provider.readers[0].periodic.timeout` is a time limit; expected no value, as the console needs no time limit",
    ),
    (
        "periodic: { exporter: { console: { temporality_preference: delta } } }",
        "`meter_provider.readers[0].periodic.exporter.console.temporality_preference` is \"delta\"; expected `cumulative`, as the console has no other temporality",
    ),
    (
        "pull: { exporter: { prometheus/development: { port: 70000 } } }",
        "`meter_provider.readers[0].pull.exporter.prometheus/development.port` is 70000; expected a port from 0 to 65535, such as `9464`",
    ),
    (
        "pull: { exporter: { prometheus/development: { target_info_enabled/development: false } } }",
        "`meter_provider.readers[0].pull.exporter.prometheus/development.target_info_enabled/development` is false; expected `true`, as every scrape has `target_info`",
    ),
];

/// Keys of an exporter over HTTP, and the mistake in them.
const OF_HTTP: &[(&str, &str)] = &[
    (
        "endpoint: 'collector:4318'",
        "`meter_provider.readers[0].periodic.exporter.otlp_http.endpoint` is \"collector:4318\"; expected a URL with its scheme, such as `http://localhost:4318`: HTTP protocols need one",
    ),
    (
        "headers: [{ name: a, value: 7 }]",
        "`meter_provider.readers[0].periodic.exporter.otlp_http.headers[0].value` has a value that is not shown; expected a text",
    ),
    (
        "headers: [{ name: a, value: b }, { name: A, value: c }]",
        "`meter_provider.readers[0].periodic.exporter.otlp_http.headers[1].name` has a value that is not shown; expected a header that no other entry has",
    ),
    (
        "tls: { insecure: true }",
        "unknown key `meter_provider.readers[0].periodic.exporter.otlp_http.tls.insecure`; expected one of ca_file, cert_file, key_file",
    ),
    (
        "default_histogram_aggregation: exponential",
        "`meter_provider.readers[0].periodic.exporter.otlp_http.default_histogram_aggregation` is \"exponential\"; expected `explicit_bucket_histogram` or `base2_exponential_bucket_histogram`",
    ),
];

#[test]
fn each_mistake_is_named_with_its_place() {
    type Form = fn(&str) -> String;
    let tables: [(Form, &[_]); 3] =
        [(with_keys, AT_TOP), (with_reader, OF_READER), (with_http, OF_HTTP)];
    for (form, table) in tables {
        for (keys, expected) in table {
            assert_eq!(mistakes(&form(keys), &[]), [*expected], "{keys}");
        }
    }
}

#[test]
fn an_unknown_exemplar_filter_is_refused_by_name() {
    let reader = "readers: [{ periodic: { exporter: { console: } } }]";
    let text = with_keys(&format!("meter_provider: {{ exemplar_filter: never, {reader} }}"));
    let message = "`meter_provider.exemplar_filter` is \"never\"; \
                   expected `trace_based`, `always_on` or `always_off`";
    assert_eq!(mistakes(&text, &[]), [message]);
}

#[test]
fn all_mistakes_are_reported_at_once_and_the_first_fifty_by_name() {
    let attributes = (0..60).map(|nth| format!("{{ name: a{nth}, value: {nth} }}"));
    let attributes = attributes.collect::<Vec<_>>().join(", ");
    let found = mistakes(&with_keys(&format!("resource: {{ attributes: [{attributes}] }}")), &[]);
    assert_eq!(found.len(), 51);
    assert!(found[49].starts_with("`resource.attributes[49].value` is 49"), "{}", found[49]);
    assert!(found[50].starts_with("and 10 more mistakes"), "{}", found[50]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() -> TestResult {
    let folder = tempfile::tempdir()?;
    let large = folder.path().join("large.yaml");
    std::fs::write(&large, " ".repeat(1024 * 1024 + 1))?;
    for (path, problem) in [
        (folder.path(), "it is a folder, not a regular file"),
        (&large, "it has more than 1048576 bytes"),
        (&folder.path().join("absent.yaml"), "No such file"),
        #[cfg(unix)]
        (std::path::Path::new("/dev/zero"), "it is a device, not a regular file"),
    ] {
        let environment = Environment::from_iter([("OTEL_CONFIG_FILE", path)]);
        let error = MetricsConfig::default().with_environment(&environment).unwrap_err();
        let message = error.to_string();
        let start =
            format!("`OTEL_CONFIG_FILE` in the environment names the file `{}`: ", path.display());
        assert!(message.starts_with(&start) && message.contains(problem), "{message}");
    }
    let syntax = mistakes("file_format: [", &[]);
    assert!(syntax[0].contains("of `OTEL_CONFIG_FILE` is not valid YAML: "), "{syntax:?}");
    let tag = mistakes("resource: !x {}", &[]);
    assert!(tag[0].contains("a tag that is not known at line 1 column 11"), "{tag:?}");
    Ok(())
}
