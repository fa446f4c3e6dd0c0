use std::rc::Rc;

use lasso::{Rodeo, RodeoReader};
use measured::{
    CounterVec, HistogramVec, LabelGroup,
    metric::{MetricFamilyEncoding, group::Encoding, histogram::Thresholds, name::MetricName},
    text::BufferedTextEncoder,
};

use super::region::Region;
use crate::scrape::{
    exporter::Exporter,
    shape::{BOUNDARIES, FamilyKind, OBSERVED, Shape},
};

pub(super) const LIBRARY: &str = "measured";

/// Dense vectors of counters and histograms, as its guide recommends for values that are known when
/// the program starts.
pub(super) fn exporter(shape: Shape) -> Exporter {
    let (names, set) = (shape.kind.names(), || SeriesLabelSet::new(items(shape)));
    match shape.kind {
        FamilyKind::Counters => {
            let families = names.map(|name| (name, CounterVec::with_label_set(set())));
            let families = Rc::new(families.collect::<Vec<_>>());
            let touched = Rc::clone(&families);
            let touch = move || {
                for (_, counters) in touched.iter() {
                    labels(shape).for_each(|labels| counters.inc(labels));
                }
            };
            Exporter::new(LIBRARY, Box::new(touch), move || encode(&families))
        }
        FamilyKind::Histograms => {
            let make = |name| {
                let thresholds = Thresholds::with_buckets(BOUNDARIES);
                (name, HistogramVec::<_, 12>::with_label_set_and_metadata(set(), thresholds))
            };
            let families = Rc::new(names.map(make).collect::<Vec<_>>());
            let touched = Rc::clone(&families);
            let touch = move || {
                for (_, histograms) in touched.iter() {
                    labels(shape).for_each(|labels| histograms.observe(labels, OBSERVED));
                }
            };
            Exporter::new(LIBRARY, Box::new(touch), move || encode(&families))
        }
    }
}

fn encode<F: MetricFamilyEncoding<BufferedTextEncoder>>(
    families: &[(String, F)],
) -> impl AsRef<[u8]> + use<F> {
    let mut encoder = BufferedTextEncoder::new();
    for (name, family) in families {
        let name = MetricName::try_from_str(name).expect("a valid name");
        let Ok(()) = encoder.write_help(name, "Help.");
        let Ok(()) = family.collect_family_into(name, &mut encoder);
    }
    encoder.finish()
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = SeriesLabelSet)]
struct Labels<'a> {
    region: Region,
    #[label(fixed_with = RodeoReader)]
    item: &'a str,
}

fn items(shape: Shape) -> RodeoReader {
    shape.labels().map(|(_, item)| item).collect::<Rodeo>().into_reader()
}

fn labels(shape: Shape) -> impl Iterator<Item = Labels<'static>> {
    shape.labels().map(|(region, item)| Labels { region: Region::ALL[region], item })
}
