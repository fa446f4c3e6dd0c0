//! A service with 100 metrics of 10 series each, in about the proportions of a real service. It
//! serves Prometheus and pushes to the collector that its argument names. It prints the growth of
//! its resident memory in bytes, after one scrape and one export.
//!
//! A program of its own, because a runtime makes every metric that is linked in.

use std::{env, error::Error, fs};

use osapi_metrics::{
    Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, Metrics,
    config::{Environment, MetricsConfig, OtlpEndpoint, OtlpProtocol},
    exposition::Format,
};

#[derive(Clone, Copy, LabelValue, LabelSet)]
enum Region {
    Ams,
    Bru,
    Cph,
    Dub,
    Edi,
    Fra,
    Gva,
    Hel,
    Ist,
    Lon,
}

const REGIONS: [Region; 10] = [
    Region::Ams,
    Region::Bru,
    Region::Cph,
    Region::Dub,
    Region::Edi,
    Region::Fra,
    Region::Gva,
    Region::Hel,
    Region::Ist,
    Region::Lon,
];

macro_rules! metrics {
    ($set:ident of $instrument:ident: $metric:meta; $($field:ident)*) => {
        #[derive(MetricSet)]
        #[metric_set(prefix = "bench")]
        #[allow(clippy::struct_field_names, reason = "they are the names of the metrics")]
        struct $set {
            $(#[doc = "One of many."] #[$metric] $field: $instrument<Region>,)*
        }

        impl $set {
            fn all(&self) -> Vec<&$instrument<Region>> {
                vec![$(&self.$field),*]
            }
        }
    };
}

metrics! {
    Counters of Counter: metric(unit = "{item}");
        c00_total c01_total c02_total c03_total c04_total
        c05_total c06_total c07_total c08_total c09_total
        c10_total c11_total c12_total c13_total c14_total
        c15_total c16_total c17_total c18_total c19_total
        c20_total c21_total c22_total c23_total c24_total
        c25_total c26_total c27_total c28_total c29_total
        c30_total c31_total c32_total c33_total c34_total
        c35_total c36_total c37_total c38_total c39_total
        c40_total c41_total c42_total c43_total
}

metrics! {
    Gauges of Gauge: metric(unit = "{item}");
        g00 g01 g02 g03 g04 g05 g06 g07 g08 g09
        g10 g11 g12 g13 g14 g15 g16 g17 g18 g19
        g20 g21 g22 g23 g24 g25 g26 g27 g28 g29
        g30 g31 g32
}

metrics! {
    Histograms of Histogram:
    metric(
        unit = "s",
        buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0]
    );
        h00_seconds h01_seconds h02_seconds h03_seconds h04_seconds
        h05_seconds h06_seconds h07_seconds h08_seconds h09_seconds
        h10_seconds h11_seconds h12_seconds h13_seconds h14_seconds
        h15_seconds h16_seconds h17_seconds h18_seconds h19_seconds
        h20_seconds h21_seconds h22_seconds
}

fn main() -> Result<(), Box<dyn Error>> {
    let collector = env::args().nth(1).ok_or("the collector's address is missing")?;
    let before = resident()?;

    let mut config = MetricsConfig::default();
    config.enabled = true;
    config.otlp.enabled = true;
    config.otlp.protocol = OtlpProtocol::HttpProtobuf;
    config.otlp.endpoint = Some(OtlpEndpoint::Base(collector));
    let metrics =
        Metrics::builder().config(config).environment(Environment::default()).install()?;
    for region in REGIONS {
        Counters::global().all().into_iter().for_each(|counter| counter.with(region).inc());
        Gauges::global().all().into_iter().for_each(|gauge| gauge.with(region).set(1.0));
        Histograms::global().all().into_iter().for_each(|h| h.with(region).record(0.04));
    }
    let exposition = metrics.render(Format::Text);
    metrics.flush()?;

    let after = resident()?;
    let shown = exposition.lines().filter(|line| line.contains("region=")).count();
    // A scrape shows each series of a histogram as 15 samples.
    if shown != 440 + 330 + 230 * 15 {
        return Err(format!("{shown} samples are shown").into());
    }
    println!("{}", after.saturating_sub(before));
    Ok(())
}

/// The resident memory of this process, in bytes.
fn resident() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.trim().strip_suffix(" kB"))
        .ok_or("/proc/self/status has no VmRSS")?;
    Ok(kilobytes.trim().parse::<u64>()? * 1024)
}
