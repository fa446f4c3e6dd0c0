//! Declared histograms with native buckets: in protobuf beside the classic ones, over OTLP as
//! exponential histograms, and in text as ever.

mod configured;

use std::{
    cell::Cell,
    net::{Ipv4Addr, SocketAddr},
    thread,
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::{
    common::v1::any_value,
    metrics::v1::{
        AggregationTemporality, ExponentialHistogramDataPoint,
        exponential_histogram_data_point::Buckets,
    },
};
use osapi_metrics::{
    Histogram, LabelSet, MetricSet, Metrics,
    config::{Environment, MetricsConfig, OtlpProtocol, OtlpTemporality},
    exposition::Format,
};
use osapi_metrics_tests::{
    messages::{self, Histogram as Message, Metric, counted},
    otlp_receiver::OtlpReceiver,
    pushing_to,
    scrape::{self, scrape},
    servers,
};
use proptest::{collection::vec, prelude::*};

#[derive(Clone, Copy, Debug, LabelSet)]
struct Case {
    #[label(max = 1000)]
    case: u64,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "native")]
struct Native {
    /// Measured.
    #[metric(unit = "s", buckets = [0.005, 0.1, 1, 10, 60], native)]
    wait_seconds: Histogram<Case>,
    /// Sizes.
    #[metric(unit = "By", buckets = [1024, 1048576], native)]
    size_bytes: Histogram<Case, u64>,
    /// Below zero too.
    #[metric(unit = "{step}", buckets = [-10, 0, 10], native)]
    drift: Histogram<Case>,
    /// Without native buckets.
    #[metric(unit = "s", buckets = [0.005, 0.1, 1, 10, 60])]
    plain_seconds: Histogram<Case>,
}

fn serve() -> (Metrics, tokio::runtime::Runtime, SocketAddr) {
    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let builder = Metrics::builder().config(config).environment(Environment::default());
    let metrics = builder.install().unwrap();
    let serving = tokio::runtime::Runtime::new().unwrap();
    let address = serving.block_on(metrics.serve()).unwrap();
    (metrics, serving, address)
}

/// The histogram of a case.
fn histogram(address: SocketAddr, name: &str, case: u64) -> Message {
    let families = messages::families(address, &format!("/metrics?name[]={name}"));
    let [family] = &families[..] else { panic!("{name}: {families:?}") };
    let is_it = |metric: &&Metric| metric.label[0].value() == case.to_string();
    let metric = family.metric.iter().find(is_it).unwrap();
    metric.histogram.clone().unwrap()
}

/// Checks every bucket against the samples.
fn check(found: &Message, samples: &[f64], boundaries: &[f64]) {
    assert_eq!(found.sample_count(), samples.len() as u64);
    let zeros = samples.iter().filter(|sample| **sample == 0.0).count() as u64;
    assert_eq!((found.zero_count(), found.zero_threshold()), (zeros, 1e-128));
    let of_sign = |sign: f64| {
        let magnitudes = samples.iter().map(|sample| sample * sign);
        counted(magnitudes.filter(|magnitude| *magnitude > 0.0), found.schema())
    };
    assert_eq!(found.native_buckets(), [of_sign(-1.0), of_sign(1.0)], "{samples:?}");
    let classic =
        found.bucket.iter().map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()));
    let expected = boundaries.iter().map(|boundary| {
        let up_to = samples.iter().filter(|sample| *sample <= boundary).count();
        (*boundary, up_to as u64)
    });
    assert!(classic.eq(expected), "{samples:?}: {found:?}");
}

const SECONDS: [f64; 5] = [0.005, 0.1, 1.0, 10.0, 60.0];

#[test]
fn samples_are_in_both_kinds_of_buckets() {
    let (metrics, _serving, address) = serve();
    let set = Native::global();
    let samples = [0.0, 0.001, 0.005, 0.0051, 0.1, 0.5, 0.51, 1.0, 2.0, 59.0, 60.0, 61.0, 127.0];
    for sample in samples {
        set.wait_seconds.with(Case { case: 1 }).record(sample);
    }
    let found = histogram(address, "native_wait_seconds", 1);
    assert_eq!(found.schema, Some(3));
    check(&found, &samples, &SECONDS);
    // What is infinite is dropped.
    set.wait_seconds.with(Case { case: 1 }).record(f64::INFINITY);
    set.wait_seconds.with(Case { case: 1 }).record(f64::NAN);
    assert_eq!(histogram(address, "native_wait_seconds", 1), found);

    for size in [0, 1, 1023, 1024, 1025, 5_000_000, u64::from(u32::MAX)] {
        set.size_bytes.with(Case { case: 1 }).record(size);
    }
    let sizes = [0.0, 1.0, 1023.0, 1024.0, 1025.0, 5e6, f64::from(u32::MAX)];
    let found = histogram(address, "native_size_bytes", 1);
    check(&found, &sizes, &[1024.0, 1_048_576.0]);

    let drifts = [-11.0, -10.0, -9.99, -2.0, -1.5, 0.0, -0.0, 1.0, 10.0, 10.5];
    for drift in drifts {
        set.drift.with(Case { case: 1 }).record(drift);
    }
    let found = histogram(address, "native_drift", 1);
    check(&found, &drifts, &[-10.0, 0.0, 10.0]);

    set.plain_seconds.with(Case { case: 1 }).record(1.0);
    assert_eq!(histogram(address, "native_plain_seconds", 1).schema, None);
    let text = metrics.render(Format::Text);
    let text = scrape::parse(&text, scrape::Format::Text);
    let families = messages::families(address, "/metrics?name[]=native_wait_seconds");
    let name = "native_wait_seconds";
    assert_eq!(messages::as_scrape(&families)[name].series, text[name].series);
}

#[test]
fn a_sample_outside_of_the_window_halves_the_resolution_and_loses_nothing() {
    let (_metrics, _serving, address) = serve();
    let wait = Native::global().wait_seconds.with(Case { case: 2 });
    let mut samples = Vec::new();
    let mut schemas = Vec::new();
    for outside in [1.0, 1e-5, 1e6, -1.0, 1e-20, 1e40, 1e-300, f64::MAX / 4.0, -1e300, 5e-324] {
        for sample in [outside, 0.3, 0.31, 0.0, 1.0] {
            wait.record(sample);
            samples.push(sample);
        }
        let found = histogram(address, "native_wait_seconds", 2);
        check(&found, &samples, &SECONDS);
        schemas.push(found.schema());
    }
    assert_eq!(schemas[..2], [3, 2]);
    assert!(schemas.is_sorted_by(|a, b| a >= b) && schemas[9] == -4, "{schemas:?}");
}

#[test]
fn threads_that_outgrow_a_window_at_the_same_time_lose_nothing() {
    let (_metrics, _serving, address) = serve();
    thread::scope(|scope| {
        for thread in 0..4_i32 {
            scope.spawn(move || {
                let wait = Native::global().wait_seconds.with(Case { case: 3 });
                for nth in 0..4000_i32 {
                    let power = f64::from(nth / 400 * 4 * (2 * (thread % 2) - 1));
                    wait.record(power.exp2() * 1.5);
                }
            });
        }
        scope.spawn(move || {
            for _ in 0..50 {
                Native::global().wait_seconds.with(Case { case: 3 }).record(1.0);
                let found = histogram(address, "native_wait_seconds", 3);
                let [_, positive] = found.native_buckets();
                let in_buckets = positive.iter().map(|(_, count)| count).sum::<u64>();
                assert_eq!(in_buckets + found.zero_count(), found.sample_count());
            }
        });
    });
    let mut samples = vec![1.0; 50];
    for thread in 0..4_i32 {
        let powers = (0..4000_i32).map(|nth| f64::from(nth / 400 * 4 * (2 * (thread % 2) - 1)));
        samples.extend(powers.map(|power| power.exp2() * 1.5));
    }
    check(&histogram(address, "native_wait_seconds", 3), &samples, &SECONDS);
}

/// The buckets of a message of OTLP, whose indexes are those of the lower boundaries.
fn pushed(buckets: &Buckets) -> Vec<(i64, u64)> {
    let indexes = i64::from(buckets.offset) + 1..;
    indexes.zip(buckets.bucket_counts.iter().copied()).filter(|(_, count)| *count > 0).collect()
}

#[test]
fn a_push_has_exponential_histograms() {
    for temporality in [OtlpTemporality::Cumulative, OtlpTemporality::Delta] {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), OtlpProtocol::HttpProtobuf);
        config.otlp.temporality = temporality;
        let builder = Metrics::builder().config(config).environment(Environment::default());
        let metrics = builder.install().unwrap();
        let is_delta = temporality == OtlpTemporality::Delta;
        let case = 5 + u64::from(is_delta);
        let wait = Native::global().wait_seconds.with(Case { case });
        let (mut all, mut schemas) = (Vec::new(), Vec::new());
        for samples in [[0.0, 0.5, 1.0, 100.0], [0.0, 0.5, 1e5, -1.0]] {
            for sample in samples {
                wait.record(sample);
            }
            all.extend(samples);
            metrics.flush().unwrap();
            let export = receiver.await_export(|_| true);
            assert!(!export.metrics.contains_key("native_wait_seconds"));
            let histogram = &export.exponential["native_wait_seconds"];
            let temporality = AggregationTemporality::try_from(histogram.aggregation_temporality);
            assert_eq!(temporality == Ok(AggregationTemporality::Delta), is_delta);
            let is_it = |point: &&ExponentialHistogramDataPoint| {
                let value = point.attributes[0].value.as_ref().and_then(|any| any.value.clone());
                value == Some(any_value::Value::StringValue(case.to_string()))
                    || value == Some(any_value::Value::IntValue(case.cast_signed()))
            };
            let point = histogram.data_points.iter().find(is_it).unwrap();
            let samples = if is_delta { samples.to_vec() } else { all.clone() };
            assert_eq!(point.count, samples.len() as u64);
            assert_eq!(point.sum, Some(samples.iter().sum()));
            let zeros = samples.iter().filter(|sample| **sample == 0.0).count() as u64;
            assert_eq!((point.zero_count, point.zero_threshold.to_bits()), (zeros, 0));
            let of_sign = |sign: f64| {
                let magnitudes = samples.iter().map(|sample| sample * sign);
                counted(magnitudes.filter(|magnitude| *magnitude > 0.0), point.scale)
            };
            assert_eq!(pushed(point.positive.as_ref().unwrap()), of_sign(1.0));
            assert_eq!(pushed(point.negative.as_ref().unwrap()), of_sign(-1.0));
            schemas.push(point.scale);
            if !is_delta {
                let least = samples.iter().copied().fold(f64::INFINITY, f64::min);
                assert_eq!(point.min, Some(least));
            }
        }
        assert_eq!(schemas, [3, 2]);
    }
}

/// The upper boundary of the native bucket that has the quantile.
fn quantile(found: &Message, quantile: f64) -> f64 {
    let [_, positive] = found.native_buckets();
    let rank = (quantile * found.sample_count() as f64).max(1.0);
    let mut up_to = found.zero_count() as f64;
    let (index, _) = positive
        .iter()
        .find(|(_, count)| {
            up_to += *count as f64;
            up_to >= rank
        })
        .unwrap();
    (*index as f64 / f64::from(found.schema()).exp2()).exp2()
}

#[test]
fn quantiles_are_within_a_bucket_of_the_exact_ones() {
    let (_metrics, _serving, address) = serve();
    let cases = Cell::new(100);
    proptest!(ProptestConfig::with_cases(40), |(samples in vec(0.0002..100.0_f64, 1..300))| {
        let case = cases.replace(cases.get() + 1);
        let wait = Native::global().wait_seconds.with(Case { case });
        for sample in &samples {
            wait.record(*sample);
        }
        let found = histogram(address, "native_wait_seconds", case);
        prop_assert_eq!(found.schema, Some(3));
        check(&found, &samples, &SECONDS);
        let mut sorted = samples.clone();
        sorted.sort_by(f64::total_cmp);
        for of in [0.01, 0.5, 0.9, 0.99, 1.0] {
            let is_reached = |up_to: &usize| *up_to as f64 >= of * sorted.len() as f64;
            let rank = (1..=sorted.len()).find(is_reached).unwrap();
            let (exact, estimated) = (sorted[rank - 1], quantile(&found, of));
            let factor = 0.125_f64.exp2() * (1.0 + 1e-12);
            prop_assert!(exact <= estimated * (1.0 + 1e-12) && estimated <= exact * factor);
        }
    });
}

#[test]
fn prometheus_has_quantiles_of_native_and_of_classic_buckets() {
    let (_metrics, _serving, address) = serve();
    let wait = Native::global().wait_seconds.with(Case { case: 4 });
    for nth in 1..=1000 {
        wait.record(f64::from(nth) / 100.0);
    }
    let config = format!(
        "global: {{ scrape_interval: 200ms }}\nscrape_configs:\n- job_name: native\n  \
         static_configs: [{{ targets: ['{address}'] }}]\n"
    );
    let flag = "--enable-feature=native-histograms";
    let (Some(native), Some(text)) =
        (servers::prometheus_with(&config, &[flag]), servers::prometheus(&config))
    else {
        return;
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    let of = |server: &servers::PrometheusServer, query: &str| loop {
        if let Some(number) = server.number(query) {
            break number;
        }
        assert!(Instant::now() < deadline, "Prometheus has no {query}");
        thread::sleep(Duration::from_millis(50));
    };
    let selector = "native_wait_seconds{case=\"4\"}";
    assert_eq!(of(&native, &format!("histogram_count({selector})")).to_bits(), 1e3_f64.to_bits());
    for quantile in [0.05, 0.5, 0.95] {
        let of_native = of(&native, &format!("histogram_quantile({quantile}, {selector})"));
        let classic = "native_wait_seconds_bucket{case=\"4\"}";
        let of_text = of(&text, &format!("histogram_quantile({quantile}, {classic})"));
        let exact = quantile * 10.0;
        let factor = 0.125_f64.exp2();
        assert!(exact / factor <= of_native && of_native <= exact * factor, "{of_native} {exact}");
        let bucket = |value: f64| SECONDS.partition_point(|boundary| *boundary < value);
        assert_eq!(bucket(of_native), bucket(of_text), "{of_native} {of_text}");
    }
    let found = scrape(address, "/metrics", scrape::Format::OpenMetrics);
    assert_eq!(found["native_wait_seconds"].unit.as_deref(), Some("seconds"));
}
