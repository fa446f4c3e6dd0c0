use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use super::region::Region;
use crate::scrape::{
    exporter::{Exporter, each},
    shape::{BOUNDARIES, FamilyKind, OBSERVED, Shape},
};

pub(super) const LIBRARY: &str = "prometheus-client";

/// Families of counters and histograms, shown by its text encoder, which writes `OpenMetrics`.
pub(super) fn exporter(shape: Shape) -> Exporter {
    let mut registry = Registry::default();
    let touch = match shape.kind {
        FamilyKind::Counters => {
            let mut counters = Vec::new();
            for name in shape.kind.names() {
                let family = Family::<Labels, Counter>::default();
                counters.extend(labels(shape).map(|labels| family.get_or_create_owned(&labels)));
                // The library appends the suffix.
                let name = name.trim_end_matches("_total");
                registry.register(name, "A counter", family);
            }
            each(counters, |counter| {
                counter.inc();
            })
        }
        FamilyKind::Histograms => {
            let mut histograms = Vec::new();
            for name in shape.kind.names() {
                let make: fn() -> Histogram = || Histogram::new(BOUNDARIES);
                let family = Family::<Labels, Histogram, _>::new_with_constructor(make);
                histograms.extend(labels(shape).map(|labels| family.get_or_create_owned(&labels)));
                registry.register(name, "A histogram", family);
            }
            each(histograms, |histogram| histogram.observe(OBSERVED))
        }
    };
    Exporter::new(LIBRARY, touch, move || {
        let mut body = String::new();
        text::encode(&mut body, &registry).expect("a String accepts every text");
        body
    })
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    region: Region,
    item: &'static str,
}

fn labels(shape: Shape) -> impl Iterator<Item = Labels> {
    shape.labels().map(|(region, item)| Labels { region: Region::ALL[region], item })
}
