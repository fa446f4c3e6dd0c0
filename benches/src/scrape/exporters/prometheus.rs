use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry, TextEncoder,
    core::Collector,
};

use crate::scrape::{
    exporter::{Exporter, each},
    shape::{BOUNDARIES, FamilyKind, OBSERVED, REGIONS, Shape},
};

pub(super) const LIBRARY: &str = "prometheus";

/// Children of `IntCounterVec` and `HistogramVec`, shown by `TextEncoder`.
pub(super) fn exporter(shape: Shape) -> Exporter {
    let registry = Registry::new();
    let labels = &["region", "item"];
    let touch = match shape.kind {
        FamilyKind::Counters => {
            let of_name = |name| IntCounterVec::new(Opts::new(name, "A counter."), labels);
            let families = registered(&registry, shape.kind.names().map(of_name));
            let children = children(&families, shape, |family: &IntCounterVec, labels| {
                family.with_label_values(labels)
            });
            each(children, IntCounter::inc)
        }
        FamilyKind::Histograms => {
            let of_name = |name| {
                let options = HistogramOpts::new(name, "A histogram.").buckets(BOUNDARIES.to_vec());
                HistogramVec::new(options, labels)
            };
            let families = registered(&registry, shape.kind.names().map(of_name));
            let children = children(&families, shape, |family: &HistogramVec, labels| {
                family.with_label_values(labels)
            });
            each(children, |histogram| histogram.observe(OBSERVED))
        }
    };
    let scrape = move || TextEncoder::new().encode_to_string(&registry.gather()).expect("encodes");
    Exporter::new(LIBRARY, touch, scrape)
}

fn registered<F: Collector + Clone + 'static>(
    registry: &Registry,
    families: impl Iterator<Item = prometheus::Result<F>>,
) -> Vec<F> {
    let registered = families.map(|family| {
        let family = family.expect("name and labels are valid");
        registry.register(Box::new(family.clone())).expect("each name is registered once");
        family
    });
    registered.collect()
}

fn children<F, C>(families: &[F], shape: Shape, child: impl Fn(&F, &[&str]) -> C + Copy) -> Vec<C> {
    let of_family =
        |family| shape.labels().map(move |(region, item)| child(family, &[REGIONS[region], item]));
    families.iter().flat_map(of_family).collect()
}
