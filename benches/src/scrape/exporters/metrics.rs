use metrics::{Counter, Histogram, counter, histogram, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::{BOUNDARIES, Exporter, Kind, OBSERVED, REGIONS, Shape};

pub(super) const LIBRARY: &str = "metrics-exporter-prometheus";

/// Handles that its recorder gave, shown by `PrometheusHandle::render`.
pub(super) fn exporter(shape: Shape) -> Exporter {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&BOUNDARIES)
        .expect("there are boundaries")
        .build_recorder();
    let touch = with_local_recorder(&recorder, || match shape.kind {
        Kind::Counters => {
            let counters = handles(shape, |name, labels| counter!(name, labels));
            super::each(counters, |counter: &Counter| counter.increment(1))
        }
        Kind::Histograms => {
            let histograms = handles(shape, |name, labels| histogram!(name, labels));
            super::each(histograms, |histogram: &Histogram| histogram.record(OBSERVED))
        }
    });
    let handle = recorder.handle();
    // The samples of histograms wait in buffers until they are rendered or moved by the upkeep that
    // runs every few seconds: without it here, a scrape would do what the upkeep does otherwise.
    let upkeep = handle.clone();
    let touch = Box::new(move || {
        touch();
        upkeep.run_upkeep();
    });
    Exporter::new(LIBRARY, touch, move || handle.render())
}

fn handles<H>(shape: Shape, handle: fn(String, &[(&'static str, &'static str); 2]) -> H) -> Vec<H> {
    let of_name = |name: String| {
        shape.labels().map(move |(region, item)| {
            handle(name.clone(), &[("region", REGIONS[region]), ("item", item)])
        })
    };
    shape.kind.names().flat_map(of_name).collect()
}
