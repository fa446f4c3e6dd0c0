//! Requests over OTLP, read by the Python package that is generated from the protocol's
//! definitions.

use std::collections::BTreeSet;

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, Metrics, UpDownCounter,
    config::{Environment, OtlpCompression, OtlpProtocol, OtlpTemporality},
};
use osapi_metrics_tests::{
    otlp_receiver::{Export, Kind, Metric, OtlpReceiver, Temporality, Value},
    pushing_to,
};

use crate::judges;

#[derive(Clone, Debug, LabelSet)]
struct Labels {
    #[label(max = 10)]
    text: String,
    #[label(max = 10)]
    number: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "decoded")]
struct DecodedMetrics {
    /// A counter, "quoted" \ and ö.
    things_total: Counter<Labels>,
    /// A sum of fractions.
    #[metric(unit = "J")]
    energy_joules: UpDownCounter<(), f64>,
    /// A gauge.
    level: Gauge<Labels, i64>,
    /// A histogram.
    #[metric(unit = "s", buckets = [0.1, 1, 10])]
    duration_seconds: Histogram<Labels>,
}

fn record() {
    let metrics = DecodedMetrics::global();
    for (text, number) in [("a\"b\\c\n", 0), ("ö✓", u64::MAX), ("", 7)] {
        let labels = Labels { text: text.to_owned(), number };
        metrics.things_total.with(labels.clone()).add(number.max(1));
        metrics.level.with(labels.clone()).set(-3);
        metrics.duration_seconds.with(labels.clone()).record(0.1);
        metrics.duration_seconds.with(labels).record(1e9 / 3.0);
    }
    metrics.energy_joules.add(0.1 + 0.2);
}

#[test]
fn another_implementation_reads_the_same() {
    record();
    for (protocol, encoding) in
        [(OtlpProtocol::HttpProtobuf, "protobuf"), (OtlpProtocol::HttpJson, "json")]
    {
        for temporality in [OtlpTemporality::Cumulative, OtlpTemporality::Delta] {
            let receiver = OtlpReceiver::start();
            let mut config = pushing_to(&receiver.url(), protocol);
            config.otlp.temporality = temporality;
            config.otlp.compression = OtlpCompression::Gzip;
            let builder = Metrics::builder().config(config).environment(Environment::default());
            let metrics = builder.install().unwrap();
            record();
            metrics.flush().unwrap();
            let export = receiver.await_export(|_| true);
            let Some(decoded) = judges::otlp_decoder(encoding, &export.body) else { return };
            let decoded = decoded.lines().filter(|line| !is_of_facts(line));
            let decoded: BTreeSet<_> = decoded.map(str::to_owned).collect();
            assert!(decoded.len() > 10, "{decoded:#?}");
            let mut shown = shown(&export);
            shown.retain(|line| !is_of_facts(line));
            assert_eq!(decoded, shown, "{encoding} {temporality:?}");
        }
    }
}

/// Whether a point is of `facts`, whose infos and state sets have metadata too.
fn is_of_facts(line: &str) -> bool {
    line.starts_with("judged")
}

/// Each point as the Python program prints it.
fn shown(export: &Export) -> BTreeSet<String> {
    let of_metric = |(name, metric): (&String, &Metric)| {
        let kind = match metric.kind {
            Kind::Gauge => "gauge",
            Kind::Counter | Kind::UpDownCounter => "sum",
            Kind::Histogram => "histogram",
        };
        let temporality = match metric.temporality {
            None => 0,
            Some(Temporality::Delta) => 1,
            Some(Temporality::Cumulative) => 2,
        };
        let series = metric.series.iter().map(|(labels, value)| {
            let labels: Vec<_> =
                labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let labels = labels.join(",");
            format!("{name} {kind} {temporality} {{{labels}}} {}", value_text(value))
        });
        // A label may have a line break.
        series
            .flat_map(|line| line.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    export.metrics.iter().flat_map(of_metric).collect()
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Number(number) => python(*number),
        Value::Histogram { count, sum, bounds, buckets, .. } => {
            let buckets: Vec<_> = buckets.iter().map(u64::to_string).collect();
            let bounds: Vec<_> = bounds.iter().map(|bound| python(*bound)).collect();
            format!("{count} {} [{}] [{}]", python(*sum), buckets.join(","), bounds.join(","))
        }
    }
}

/// A number as Python's `repr` writes it, up to 10^16.
fn python(number: f64) -> String {
    if number.abs() >= 1e16 || (number != 0.0 && number.abs() < 1e-4) {
        let text = format!("{number:e}");
        let (digits, exponent) = text.split_once('e').expect("an exponent");
        let exponent: i32 = exponent.parse().expect("a number");
        format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
    } else {
        format!("{number:?}")
    }
}
