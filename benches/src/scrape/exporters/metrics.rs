use metrics::{Counter, Histogram, counter, histogram, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::scrape::{
    exporter::{Exporter, each},
    shape::{BOUNDARIES, FamilyKind, OBSERVED, REGIONS, Shape},
};

pub(super) const LIBRARY: &str = "metrics-exporter-prometheus";

/// Handles from the recorder, shown by `PrometheusHandle::render`.
pub(super) fn exporter(shape: Shape) -> Exporter {
    let recorder = PrometheusBuilder::new()
        .set_buckets(&BOUNDARIES)
        .expect("there are boundaries")
        .build_recorder();
    let touch = with_local_recorder(&recorder, || match shape.kind {
        FamilyKind::Counters => {
            let counters = handles(shape, |name, labels| counter!(name, labels));
            each(counters, |counter: &Counter| counter.increment(1))
        }
        FamilyKind::Histograms => {
            let histograms = handles(shape, |name, labels| histogram!(name, labels));
            each(histograms, |histogram: &Histogram| histogram.record(OBSERVED))
        }
    });
    let handle = recorder.handle();
    // The samples of histograms wait in buffers for the next scrape or for the upkeep, which runs
    // every few seconds. Without the upkeep, a scrape would do its work.
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
