//! Prometheus' protobuf format beside the text formats, decoded by `prost`, and read by Prometheus.

use std::{
    cell::Cell,
    net::{Ipv4Addr, SocketAddr},
    thread,
    time::{Duration, Instant},
};

use opentelemetry::{
    KeyValue,
    metrics::{Meter, MeterProvider},
};
use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream};
use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig, OtlpProtocol},
};
use osapi_metrics_tests::{
    messages::{self, MetricFamily, counted},
    otlp_receiver::{Labels, OtlpReceiver, Value},
    pushing_to,
    scrape::{Family, Format, scrape},
    servers,
};
use proptest::{collection::vec, prelude::*};

use crate::beside_others;

#[derive(Clone, Copy, Debug, LabelSet)]
struct Case {
    #[label(max = 10)]
    case: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "encoded")]
struct Encoded {
    /// Counted.
    steps_total: Counter<Case>,
    /// Measured.
    #[metric(unit = "s", buckets = [0.1, 1, 10])]
    wait_seconds: Histogram<Case>,
    /// Set.
    #[metric(unit = "By")]
    size_bytes: Gauge<Case, u64>,
}

fn record(case: u64) {
    let (set, case) = (Encoded::global(), Case { case });
    set.steps_total.with(case).add(3);
    set.size_bytes.with(case).set(1 << 40);
    for seconds in [0.05, 0.5, 0.5, 5.0, 50.0] {
        set.wait_seconds.with(case).record(seconds);
    }
}

/// A runtime that serves, with exponential buckets for the instruments whose name has the scale:
/// `scale_20` is the finest scale, and fewer buckets make it coarser.
fn serve() -> (Metrics, tokio::runtime::Runtime, SocketAddr) {
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.view(exponential).install().unwrap();
    let serving = tokio::runtime::Runtime::new().unwrap();
    let address = serving.block_on(metrics.serve()).unwrap();
    (metrics, serving, address)
}

/// The view of an instrument `exponential.SIZE.SCALE`.
fn exponential(instrument: &Instrument) -> Option<Stream> {
    let (size, scale) = instrument.name().strip_prefix("exponential.")?.split_once('.')?;
    let aggregation = Aggregation::Base2ExponentialHistogram {
        max_size: size.parse().ok()?,
        max_scale: scale.parse().ok()?,
        record_min_max: true,
    };
    Stream::builder().with_aggregation(aggregation).build().ok()
}

/// The families with this beginning of their names.
fn beginning<'a>(families: &'a [MetricFamily], name: &str) -> Vec<&'a MetricFamily> {
    families.iter().filter(|family| family.name().starts_with(name)).collect()
}

/// Instruments of another library, with names, labels and values of any kind.
#[derive(Clone, Debug)]
struct Other {
    name: String,
    unit: String,
    help: String,
    series: Vec<(Vec<(String, String)>, Samples)>,
}

#[derive(Clone, Debug)]
struct Samples {
    kind: usize,
    integers: Vec<u64>,
    floats: Vec<f64>,
    boundaries: Vec<f64>,
}

fn other() -> impl Strategy<Value = Other> {
    let text = || r#"(\PC|["\\\n]){0,8}"#;
    let unit = prop::sample::select(vec!["", "s", "By", "1", "{job}", "odd"]);
    let samples = (
        0..5_usize,
        vec(any::<u64>(), 1..3),
        vec(prop::num::f64::ANY, 1..5),
        vec(-1e3..1e9_f64, 0..4),
    );
    let samples = samples.prop_map(|(kind, integers, floats, mut boundaries)| {
        boundaries.sort_by(f64::total_cmp);
        boundaries.dedup();
        Samples { kind, integers, floats, boundaries }
    });
    let labels = vec((r"[a-z_.\PC]{1,4}", text()), 0..4);
    let series = (samples, vec(labels, 1..4)).prop_map(|(samples, labels)| {
        labels.into_iter().map(|labels| (labels, samples.clone())).collect()
    });
    ("[a-z][a-z_./-]{0,8}", unit, text(), series).prop_map(|(name, unit, help, series)| Other {
        name,
        unit: unit.to_owned(),
        help,
        series,
    })
}

impl Other {
    fn record(&self, prefix: &str, meter: &Meter) {
        let Self { name, unit, help, series } = self;
        let (name, unit, help) = (format!("{prefix}{name}"), unit.clone(), help.clone());
        for (labels, samples) in series {
            let labels: Vec<_> = labels
                .iter()
                .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
                .collect();
            let Samples { kind, integers, floats, boundaries } = samples;
            let (name, unit, help) = (name.clone(), unit.clone(), help.clone());
            match kind {
                0 => {
                    let counter = meter.u64_counter(name).with_unit(unit).with_description(help);
                    let counter = counter.build();
                    for value in integers {
                        counter.add(value / 4, &labels);
                    }
                }
                1 => {
                    let counter = meter.f64_counter(name).with_unit(unit).with_description(help);
                    let counter = counter.build();
                    for value in floats {
                        counter.add(value.abs(), &labels);
                    }
                }
                2 => {
                    let gauge = meter.f64_gauge(name).with_unit(unit).with_description(help);
                    let gauge = gauge.build();
                    for value in floats {
                        gauge.record(*value, &labels);
                    }
                }
                3 => {
                    let gauge = meter.i64_up_down_counter(name).with_unit(unit);
                    let gauge = gauge.with_description(help).build();
                    for value in integers {
                        gauge.add(value.cast_signed() / 4, &labels);
                    }
                }
                _ => {
                    let histogram = meter.f64_histogram(name).with_unit(unit);
                    let histogram = histogram.with_boundaries(boundaries.clone());
                    let histogram = histogram.with_description(help).build();
                    floats
                        .iter()
                        .filter(|value| value.abs() < 1e300)
                        .for_each(|value| histogram.record(*value, &labels));
                }
            }
        }
    }
}

/// A family for comparisons: NaN is equal to NaN, and zero has no sign.
fn comparable(family: &Family) -> String {
    let mut family = family.clone();
    for value in family.series.values_mut() {
        match value {
            Value::Number(number) => *number += 0.0,
            Value::Histogram { sum, .. } => *sum += 0.0,
        }
    }
    format!("{family:#?}")
}

#[test]
fn text_and_protobuf_show_the_same_numbers() {
    let _others = beside_others();
    let (metrics, _serving, address) = serve();
    let case = Cell::new(0);
    proptest!(ProptestConfig::with_cases(64), |(others in vec(other(), 1..6))| {
        case.set(case.get() + 1);
        let prefix = format!("random{}x", case.get());
        let provider = metrics.provider().unwrap();
        for (nth, other) in others.iter().enumerate() {
            // Two scopes may have one name.
            let scope = if nth % 2 == 0 { "a_library" } else { "another_library" };
            other.record(&prefix, &provider.meter(scope));
        }
        let text = scrape(address, "/metrics", Format::Text);
        let open_metrics = scrape(address, "/metrics", Format::OpenMetrics);
        let families = messages::families(address, "/metrics");
        let families = messages::as_scrape(&families);
        let mut compared = 0;
        for (name, family) in text.iter().filter(|(name, _)| name.starts_with(&prefix)) {
            let mut expected = family.clone();
            expected.unit.clone_from(&open_metrics[name].unit);
            let found = families.get(name);
            prop_assert_eq!(found.map(comparable), Some(comparable(&expected)), "{}", name);
            compared += 1;
        }
        let of_case = families.keys().filter(|name| name.starts_with(&prefix)).count();
        prop_assert_eq!(compared, of_case);
    });
}

#[test]
fn a_filter_by_name_and_the_starts_of_series() {
    let _others = beside_others();
    let receiver = OtlpReceiver::start();
    let config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.service_name("encoded").install().unwrap();
    let serving = tokio::runtime::Runtime::new().unwrap();
    let address = serving.block_on(metrics.serve()).unwrap();
    record(1);
    metrics.flush().unwrap();
    let export = receiver.await_export(|_| true);

    let path = "/metrics?name[]=encoded_steps&name[]=encoded_wait_seconds_bucket&\
                name[]=encoded_size_bytes&name[]=target_info";
    let families = messages::families(address, path);
    let names: Vec<_> = families.iter().map(MetricFamily::name).collect();
    let expected =
        ["target_info", "encoded_size_bytes", "encoded_steps_total", "encoded_wait_seconds"];
    assert_eq!(names, expected);
    let units: Vec<_> = families.iter().map(MetricFamily::unit).collect();
    assert_eq!(units, ["", "bytes", "", "seconds"]);
    assert!(messages::families(address, "/metrics?name[]=encoded").is_empty());

    let labels = Labels::from([("case".to_owned(), "1".to_owned())]);
    for name in ["encoded_steps_total", "encoded_wait_seconds"] {
        let family = families.iter().find(|family| family.name() == name).unwrap();
        let is_it = |metric: &&messages::Metric| metric.label[0].value() == "1";
        let metric = family.metric.iter().find(is_it).unwrap();
        let start = match (&metric.counter, &metric.histogram) {
            (Some(counter), _) => counter.created_timestamp.as_ref().unwrap(),
            (_, Some(histogram)) => histogram.created_timestamp.as_ref().unwrap(),
            _ => panic!("{metric:?}"),
        };
        let nanos = start.seconds * 1_000_000_000 + i64::from(start.nanos);
        let pushed = export.metrics[name].periods[&labels].start;
        assert_eq!(u64::try_from(nanos).unwrap(), pushed, "{name}");
    }
}

#[test]
fn exponential_histograms_are_native_histograms() {
    let _others = beside_others();
    let (metrics, _serving, address) = serve();
    let meter = metrics.provider().unwrap().meter("exponential");
    let samples = [
        0.0, 0.001, 0.0011, 0.3, 0.31, 0.32, 1.0, 1.0, 1.5, 2.0, 3.0, 3.5, 4.0, 100.0, 1e6, -0.5,
        -0.25, -0.26, -7.0, -7.1, -7.2, -1e3,
    ];
    let few = [5.0, 5.0001, 5.0002];
    let wide = [1e-300, 1e300, -1e300];
    for (name, samples, schema) in [
        // 160 buckets from 1e-3 to 1e6 have a scale of 2, and samples near each other the finest.
        ("exponential.160.20", &samples[..], Some(2)),
        ("exponential.160.0", &samples, Some(0)),
        ("exponential.20.20", &samples, Some(-1)),
        ("exponential.161.20", &few, Some(8)),
        ("exponential.2.20", &wide, None),
    ] {
        let histogram = meter.f64_histogram(name).build();
        for sample in samples {
            histogram.record(*sample, &[]);
        }
        let families = messages::families(address, "/metrics");
        let name = name.replace('.', "_");
        let [family] = beginning(&families, &name)[..] else { panic!("{name}") };
        let histogram = family.metric[0].histogram.as_ref().unwrap();
        assert_eq!(histogram.schema, schema, "{name}");
        assert_eq!(histogram.sample_count(), samples.len() as u64, "{name}");
        assert!(!histogram.bucket.is_empty(), "{name}");
        let [negative, positive] = histogram.native_buckets();
        let Some(schema) = schema else {
            assert_eq!((histogram.zero_threshold, histogram.zero_count), (None, None), "{name}");
            assert!(negative.is_empty() && positive.is_empty(), "{name}");
            continue;
        };
        let zero = samples.iter().filter(|sample| **sample == 0.0).count() as u64;
        assert_eq!(histogram.zero_count(), zero, "{name}");
        assert_eq!(histogram.zero_threshold, Some(1e-128), "{name}");
        let positive_samples = samples.iter().copied().filter(|sample| *sample > 0.0);
        assert_eq!(positive, counted(positive_samples, schema), "{name}");
        let negative_samples = samples.iter().filter(|sample| **sample < 0.0).map(|sample| -sample);
        assert_eq!(negative, counted(negative_samples, schema), "{name}");
    }
}

#[test]
fn a_short_gap_is_in_a_span_and_a_long_gap_is_between_spans() {
    let _others = beside_others();
    let (metrics, _serving, address) = serve();
    let meter = metrics.provider().unwrap().meter("gaps");
    let histogram = meter.f64_histogram("exponential.50.0").build();
    // The buckets 1, 2, 5, 9 and 10.
    for sample in [2.0, 3.0, 4.0, 32.0, 512.0, 1024.0, 1000.0, 1001.0] {
        histogram.record(sample, &[]);
    }
    let families = messages::families(address, "/metrics");
    let [family] = beginning(&families, "exponential_50_0")[..] else { panic!("one family") };
    let histogram = family.metric[0].histogram.as_ref().unwrap();
    let spans = histogram.positive_span.iter().map(|span| (span.offset(), span.length()));
    assert_eq!(spans.collect::<Vec<_>>(), [(1, 5), (3, 2)]);
    assert_eq!(histogram.positive_delta, [1, 1, -2, 0, 1, 0, 2]);
    assert!(histogram.negative_span.is_empty() && histogram.negative_delta.is_empty());
}

#[test]
fn exponential_histograms_with_equal_labels_are_added() {
    let _others = beside_others();
    let (metrics, _serving, address) = serve();
    let provider = metrics.provider().unwrap();
    // Labels that become equal in a scrape, at different scales.
    let histogram = provider.meter("sums").f64_histogram("exponential.20.8").build();
    let near = [1.0, 1.01, 1.02];
    let far = [0.1, 1.0, 10.0, 100.0];
    for sample in &near {
        histogram.record(*sample, &[KeyValue::new("a.b", "x")]);
    }
    for sample in &far {
        histogram.record(*sample, &[KeyValue::new("a_b", "x")]);
    }
    let families = messages::families(address, "/metrics");
    let [family] = beginning(&families, "exponential_20_8")[..] else { panic!("one family") };
    let [metric] = &family.metric[..] else { panic!("{family:?}") };
    let histogram = metric.histogram.as_ref().unwrap();
    let schema = histogram.schema();
    assert!((0..4).contains(&schema), "{schema}");
    assert_eq!(histogram.sample_count(), 7);
    let all = near.into_iter().chain(far);
    assert_eq!(histogram.native_buckets(), [Vec::new(), counted(all, schema)]);
}

#[test]
fn prometheus_reads_the_same_from_protobuf_and_from_text() {
    let _others = beside_others();
    let (metrics, _serving, address) = serve();
    record(2);
    let meter = metrics.provider().unwrap().meter("exponential");
    let histogram = meter.f64_histogram("exponential.160.4").build();
    for nth in 1..=100 {
        histogram.record(f64::from(nth), &[KeyValue::new("l", "x")]);
    }
    let config = format!(
        "global: {{ scrape_interval: 200ms }}\nscrape_configs:\n- job_name: encoded\n  \
         static_configs: [{{ targets: ['{address}'] }}]\n"
    );
    let flag = "--enable-feature=native-histograms";
    let (Some(native), Some(text)) =
        (servers::prometheus_with(&config, &[flag]), servers::prometheus(&config))
    else {
        return;
    };
    let within = |what: &str, is_there: &dyn Fn() -> bool| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !is_there() {
            assert!(Instant::now() < deadline, "Prometheus has no {what}");
            thread::sleep(Duration::from_millis(50));
        }
    };
    for server in [&native, &text] {
        within("samples", &|| server.number("encoded_steps_total{case=\"2\"}").is_some());
    }
    // Without its own labels, because the servers have the same target.
    let series = |server: &servers::PrometheusServer| {
        let series = server.query("{__name__=~\"encoded_.+\", case=\"2\"}");
        let mut series: Vec<_> = series
            .iter()
            .map(|series| (series["metric"].to_string(), series["value"][1].to_string()))
            .collect();
        series.sort();
        series
    };
    let (from_messages, from_text) = (series(&native), series(&text));
    assert_eq!(from_text.len(), 2 + 4 + 2, "{from_text:#?}");
    assert_eq!(from_messages, from_text);
    for (name, kind, help) in [
        ("encoded_steps_total", "counter", "Counted."),
        ("encoded_wait_seconds", "histogram", "Measured."),
        ("encoded_size_bytes", "gauge", "Set."),
    ] {
        let metadata = native.metadata("encoded", name);
        let [metadata] = &metadata[..] else { panic!("{name}: {metadata:?}") };
        assert_eq!((&metadata["type"], &metadata["help"]), (&kind.into(), &help.into()), "{name}");
    }

    // Only messages have native histograms.
    let name = "exponential_160_4";
    within("native histogram", &|| native.number(&format!("histogram_count({name})")).is_some());
    assert_eq!(native.number(&format!("histogram_count({name})")), Some(100.0));
    assert_eq!(native.number(&format!("histogram_sum({name})")), Some(5050.0));
    assert_eq!(text.number(&format!("{name}_count")), Some(100.0));
    assert_eq!(native.number(&format!("{name}_count")), None);
    for quantile in [0.1, 0.5, 0.9] {
        let of_native = native.number(&format!("histogram_quantile({quantile}, {name})")).unwrap();
        let of_text =
            text.number(&format!("histogram_quantile({quantile}, {name}_bucket)")).unwrap();
        // 16 buckets from a power of two to the next.
        let factor = (1.0_f64 / 16.0).exp2();
        let exact = quantile * 100.0;
        for found in [of_native, of_text] {
            assert!(exact / factor <= found && found <= exact * factor, "{quantile}: {found}");
        }
    }
}
