//! Handlers with boundaries of their own, on both wires.

use std::{
    thread,
    time::{Duration, Instant},
};

use osapi_metrics::{
    Metrics,
    config::{Environment, OtlpProtocol, OtlpTemporality},
    instrumented_job,
};
use osapi_metrics_tests::{
    otlp_receiver::{Export, Labels, OtlpReceiver, Value},
    pushing_to,
    scrape::{Format, Scrape, scrape},
    servers,
};

use crate::beside_others;

const DURATION: &str = "osapi_job_duration_seconds";
const QUICK: [f64; 3] = [0.25, 1000.0, 2000.0];
const SLOW: [f64; 2] = [3600.0, 14_400.0];

#[instrumented_job(name = "wires.quick", buckets = [0.25, 1000, 2000])]
fn quick() {}

#[instrumented_job(name = "wires.slow", buckets = SLOW)]
fn slow() {}

#[instrumented_job(name = "wires.usual")]
fn usual() {}

fn run() {
    quick();
    slow();
    usual();
}

fn labels(job_name: &str) -> Labels {
    let labels = [("job_name", job_name), ("status", "completed")];
    labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The boundaries of a series, and the number of its samples.
fn of_value(value: &Value) -> (Vec<f64>, u64) {
    let Value::Histogram { count, bounds, buckets, .. } = value else { panic!("{value:?}") };
    assert_eq!(buckets.len(), bounds.len() + 1);
    assert_eq!(buckets.iter().sum::<u64>(), *count);
    (bounds.clone(), *count)
}

fn exported(export: &Export, job_name: &str) -> (Vec<f64>, u64) {
    of_value(&export.metrics[DURATION].series[&labels(job_name)])
}

fn scraped(scrape: &Scrape, job_name: &str) -> (Vec<f64>, u64) {
    of_value(&scrape[DURATION].series[&labels(job_name)])
}

#[test]
fn each_series_has_its_boundaries_on_both_wires() {
    let _others = beside_others();
    let serving =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let runtimes = [
        (OtlpTemporality::Cumulative, OtlpProtocol::Grpc),
        (OtlpTemporality::Delta, OtlpProtocol::HttpProtobuf),
    ]
    .map(|(temporality, protocol)| {
        let receiver = OtlpReceiver::start();
        let mut config = pushing_to(&receiver.url(), protocol);
        config.otlp.temporality = temporality;
        let builder = Metrics::builder().config(config).environment(Environment::default());
        (temporality, receiver, builder.install().unwrap())
    });
    for round in 1..=2 {
        run();
        for (temporality, receiver, metrics) in &runtimes {
            metrics.flush().unwrap();
            let has_jobs = |export: &Export| export.metrics.contains_key(DURATION);
            let is_of_round = |exports: &[Export]| {
                exports.iter().filter(|export| has_jobs(export)).count() >= round
            };
            receiver.await_exports(is_of_round);
            let exports = receiver.exports();
            let export = exports.iter().rfind(|export| has_jobs(export)).unwrap();
            let count = match temporality {
                OtlpTemporality::Delta => 1,
                _ => round as u64,
            };
            assert_eq!(exported(export, "wires.quick"), (QUICK.to_vec(), count));
            assert_eq!(exported(export, "wires.slow"), (SLOW.to_vec(), count));
            assert_eq!(exported(export, "wires.usual").0.len(), 16);
        }
    }
    let (_, _, metrics) = &runtimes[0];
    let address = serving.block_on(metrics.serve()).unwrap();
    for format in [Format::Text, Format::OpenMetrics] {
        let scrape = scrape(address, "/metrics", format);
        assert_eq!(scraped(&scrape, "wires.quick"), (QUICK.to_vec(), 2));
        assert_eq!(scraped(&scrape, "wires.slow"), (SLOW.to_vec(), 2));
        assert_eq!(scraped(&scrape, "wires.usual").0.len(), 16);
    }

    // A Prometheus has the quantile of each handler by its own boundaries.
    let config = format!(
        "global: {{ scrape_interval: 200ms }}\nscrape_configs:\n- job_name: wires\n  \
         static_configs: [{{ targets: ['{address}'] }}]\n"
    );
    if let Some(prometheus) = servers::prometheus(&config) {
        let quantile = |job_name: &str| {
            prometheus.number(&format!(
                "histogram_quantile(1, sum by (job_name, le) ({DURATION}_bucket{{job_name=\"{job_name}\"}}))"
            ))
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        while quantile("wires.slow").is_none() {
            assert!(Instant::now() < deadline, "Prometheus has no samples");
            thread::sleep(Duration::from_millis(50));
        }
        // The jobs lasted microseconds: the value is the end of the first bucket.
        let is = |job_name, upper: f64| {
            let quantile = quantile(job_name).expect("scraped with the other one");
            assert!((quantile - upper).abs() < 1e-9, "{job_name}: {quantile}");
        };
        is("wires.quick", 0.25);
        is("wires.slow", 3600.0);
        let boundaries = |job_name: &str| {
            prometheus.query(&format!("{DURATION}_bucket{{job_name=\"{job_name}\"}}")).len()
        };
        assert_eq!(boundaries("wires.quick"), QUICK.len() + 1);
        assert_eq!(boundaries("wires.slow"), SLOW.len() + 1);
    }
    for (.., metrics) in runtimes {
        metrics.shutdown().unwrap();
    }
}
