use opentelemetry::{
    KeyValue,
    metrics::{BoundCounter, BoundHistogram, Meter, MeterProvider as _},
};
use opentelemetry_prometheus_text_exporter::PrometheusExporter as TextExporter;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use prometheus::{Registry, TextEncoder};

use crate::scrape::{
    exporter::{Exporter, each},
    shape::{BOUNDARIES, FamilyKind, OBSERVED, REGIONS, Shape},
};

pub(super) const OFFICIAL: &str = "opentelemetry-prometheus";
pub(super) const TEXT: &str = "opentelemetry-prometheus-text-exporter";

/// Instruments of the SDK, shown by opentelemetry-prometheus and the encoder of `prometheus`.
pub(super) fn official(shape: Shape) -> Exporter {
    let registry = Registry::new();
    let exporter = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .expect("the registry is empty");
    let provider = SdkMeterProvider::builder().with_reader(exporter).build();
    let touch = instruments(&provider.meter("bench"), shape);
    Exporter::new(OFFICIAL, touch, move || {
        // Dropping the provider would end its reader.
        let _alive = &provider;
        TextEncoder::new().encode_to_string(&registry.gather()).expect("encodes")
    })
}

/// Instruments of the SDK, shown by opentelemetry-prometheus-text-exporter.
pub(super) fn text(shape: Shape) -> Exporter {
    let exporter = TextExporter::new();
    let provider = SdkMeterProvider::builder().with_reader(exporter.clone()).build();
    let touch = instruments(&provider.meter("bench"), shape);
    Exporter::new(TEXT, touch, move || {
        let _alive = &provider;
        let mut body = Vec::new();
        exporter.export(&mut body).expect("a vector accepts every byte");
        body
    })
}

fn instruments(meter: &Meter, shape: Shape) -> Box<dyn Fn()> {
    match shape.kind {
        FamilyKind::Counters => {
            let bound = |name: String| {
                // The exporters append the suffix.
                let name = name.trim_end_matches("_total").to_owned();
                let counter = meter.u64_counter(name).with_description("A counter.").build();
                attributes(shape).map(move |attributes| counter.bind(&attributes))
            };
            let counters = shape.kind.names().flat_map(bound).collect();
            each(counters, |counter: &BoundCounter<u64>| counter.add(1))
        }
        FamilyKind::Histograms => {
            let bound = |name: String| {
                let histogram = meter
                    .f64_histogram(name.trim_end_matches("_seconds").to_owned())
                    .with_unit("s")
                    .with_description("A histogram.")
                    .with_boundaries(BOUNDARIES.to_vec())
                    .build();
                attributes(shape).map(move |attributes| histogram.bind(&attributes))
            };
            let histograms = shape.kind.names().flat_map(bound).collect();
            each(histograms, |histogram: &BoundHistogram<f64>| histogram.record(OBSERVED))
        }
    }
}

fn attributes(shape: Shape) -> impl Iterator<Item = [KeyValue; 2]> {
    shape.labels().map(|(region, item)| {
        [KeyValue::new("region", REGIONS[region]), KeyValue::new("item", item)]
    })
}
