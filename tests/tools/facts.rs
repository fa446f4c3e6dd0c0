//! Infos and state sets, read by programs that are not of this project: promtool, the strict
//! parser, the decoder of OTLP, and a Prometheus.

use std::{
    thread,
    time::{Duration, Instant},
};

use osapi_metrics::{
    Info, LabelSet, LabelValue, MetricSet, Metrics, StateSet,
    config::{Environment, OtlpProtocol},
    exposition::Format,
};
use osapi_metrics_tests::{
    otlp_receiver::{Kind, OtlpReceiver, Temporality, Value},
    pushing_to, servers,
};

use crate::judges;

#[derive(Debug, LabelSet)]
struct Firmware {
    #[label(max = 1)]
    version: &'static str,
}

#[derive(Clone, Copy, Debug, LabelValue)]
enum Link {
    Down,
    Up,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "judged")]
struct JudgedMetrics {
    /// The firmware that runs, in its labels; always 1.
    firmware_info: Info<Firmware>,
    /// What the link does.
    #[metric(name = "judged.link.state")]
    link: StateSet<Link>,
}

const OPEN_METRICS: &str = r#"# TYPE judged_firmware info
# HELP judged_firmware The firmware that runs, in its labels; always 1.
judged_firmware_info{version="2\"1"} 1
# TYPE judged_link_state stateset
# HELP judged_link_state What the link does.
judged_link_state{judged_link_state="down"} 0
judged_link_state{judged_link_state="up"} 1
"#;

const TEXT: &str = r#"# TYPE judged_firmware_info gauge
# HELP judged_firmware_info The firmware that runs, in its labels; always 1.
judged_firmware_info{version="2\"1"} 1
# TYPE judged_link_state gauge
# HELP judged_link_state What the link does.
judged_link_state{judged_link_state="down"} 0
judged_link_state{judged_link_state="up"} 1
"#;

/// The lines of the decoder of OTLP, with the type that an exporter to Prometheus gives back.
const DECODED: [&str; 3] = [
    r#"judged_firmware_info sum 2 {version=2"1} [prometheus.type=info] 1.0"#,
    "judged.link.state sum 2 {judged.link.state=down} [prometheus.type=stateset] 0.0",
    "judged.link.state sum 2 {judged.link.state=up} [prometheus.type=stateset] 1.0",
];

fn record() {
    let set = JudgedMetrics::global();
    set.firmware_info.set(Firmware { version: "2\"0" });
    set.firmware_info.set(Firmware { version: "2\"1" });
    set.link.set(Link::Down);
    set.link.set(Link::Up);
}

/// The lines about the set, without those of the metrics about metrics.
fn own(text: &str) -> String {
    let lines = text.lines().filter(|line| line.contains("judged_") && !line.starts_with("osapi_"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn the_tools_read_infos_and_state_sets() {
    record();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder.install().unwrap();
    let text = own(&metrics.render(Format::Text));
    assert_eq!(text, TEXT);
    if let Some(findings) = judges::promtool(&text) {
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
    let text = own(&metrics.render(Format::OpenMetrics));
    assert_eq!(text, OPEN_METRICS);
    let read = judges::strict_parser(&format!("{text}# EOF\n"));
    assert!(read.is_none_or(|families| families == 2), "{read:?}");
}

#[test]
fn over_otlp_they_are_sums_that_are_not_monotonic() {
    record();
    for (protocol, encoding) in
        [(OtlpProtocol::HttpProtobuf, "protobuf"), (OtlpProtocol::HttpJson, "json")]
    {
        let receiver = OtlpReceiver::start();
        let config = pushing_to(&receiver.url(), protocol);
        let builder = Metrics::builder().config(config).environment(Environment::default());
        let metrics = builder.install().unwrap();
        metrics.flush().unwrap();
        let export = receiver.await_export(|_| true);
        for (name, key, values) in [
            ("judged_firmware_info", "version", &[("2\"1", 1.0)][..]),
            ("judged.link.state", "judged.link.state", &[("down", 0.0), ("up", 1.0)]),
        ] {
            let metric = &export.metrics[name];
            assert_eq!(metric.kind, Kind::UpDownCounter, "{name}");
            assert_eq!(metric.temporality, Some(Temporality::Cumulative), "{name}");
            let series = metric.series.iter().map(|(labels, value)| match value {
                Value::Number(number) => (labels[key].as_str(), *number),
                other @ Value::Histogram { .. } => panic!("{other:?}"),
            });
            assert_eq!(series.collect::<Vec<_>>(), values, "{name}");
        }
        if let Some(decoded) = judges::otlp_decoder(encoding, &export.body) {
            let lines = decoded.lines().filter(|line| line.starts_with("judged"));
            assert_eq!(lines.collect::<Vec<_>>(), DECODED, "{decoded}");
        }
    }
}

#[test]
fn a_prometheus_stores_them() {
    record();
    let builder = Metrics::builder().enabled(true).environment(Environment::default());
    let metrics = builder.install().unwrap();
    let serving = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let address = serving.block_on(metrics.serve()).unwrap();
    let config = format!(
        "global: {{ scrape_interval: 200ms }}\nscrape_configs:\n- job_name: facts\n  \
         static_configs: [{{ targets: ['{address}'] }}]\n"
    );
    let native = "--enable-feature=native-histograms";
    // The first one asks for OpenMetrics, the second one for protobuf.
    for arguments in [&[][..], &[native]] {
        let Some(server) = servers::prometheus_with(&config, arguments) else { return };
        let deadline = Instant::now() + Duration::from_secs(60);
        let joined = "judged_link_state{judged_link_state=\"up\"} * on (instance) \
                      group_left (version) judged_firmware_info{version=\"2\\\"1\"}";
        while server.number(joined) != Some(1.0) {
            assert!(Instant::now() < deadline, "Prometheus has no samples");
            thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(server.number("judged_link_state{judged_link_state=\"down\"}"), Some(0.0));
    }
}
