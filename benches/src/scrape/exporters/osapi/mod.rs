mod families;

use std::rc::Rc;

use osapi_metrics::{
    exposition::Format,
    instruments::{CounterSeries, HistogramSeries},
};

use super::region::Region;
use crate::{
    runtime::{State, install},
    scrape::{
        exporter::{Exporter, each},
        shape::{FamilyKind, OBSERVED, Shape},
    },
};
use families::{CounterFamilies, HistogramFamilies, Labels};

pub(crate) const TEXT: &str = "osapi-metrics (text)";
pub(crate) const OPEN_METRICS: &str = "osapi-metrics (OpenMetrics)";

/// Handles from `with`, shown in both formats by one runtime. Touching the first exporter touches
/// the series of both.
pub(in crate::scrape) fn exporters(shape: Shape) -> [Exporter; 2] {
    let metrics = Rc::new(install(State::Prometheus, ""));
    let touch: Box<dyn Fn()> = match shape.kind {
        FamilyKind::Counters => {
            let counters = CounterFamilies::global().all().flat_map(|family| {
                labels(shape.series_per_family).map(|labels| family.with(labels))
            });
            each(counters.collect(), |series: &CounterSeries| series.inc())
        }
        FamilyKind::Histograms => {
            let histograms = HistogramFamilies::global().all().take(shape.kind.families());
            let histograms = histograms.flat_map(|family| {
                labels(shape.series_per_family).map(|labels| family.with(labels))
            });
            each(histograms.collect(), |series: &HistogramSeries| series.record(OBSERVED))
        }
    };
    let same = Rc::clone(&metrics);
    [
        Exporter::new(TEXT, touch, move || metrics.render(Format::Text)),
        Exporter::new(OPEN_METRICS, Box::new(|| {}), move || same.render(Format::OpenMetrics)),
    ]
}

fn labels(series_per_family: usize) -> impl Iterator<Item = Labels> {
    let shape = Shape { kind: FamilyKind::Counters, series_per_family };
    shape.labels().map(|(region, item)| Labels { region: Region::ALL[region], item })
}
