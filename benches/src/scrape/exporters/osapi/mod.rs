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
        exporter::Exporter,
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
    let same = Rc::clone(&metrics);
    [
        Exporter::new(TEXT, touch(shape), move || metrics.render(Format::Text)),
        Exporter::new(OPEN_METRICS, Box::new(|| {}), move || same.render(Format::OpenMetrics)),
    ]
}

/// The exporter of all series, whose series other code touches.
pub(in crate::scrape) fn untouched() -> Exporter {
    let metrics = install(State::Prometheus, "");
    Exporter::new(TEXT, Box::new(|| {}), move || metrics.render(Format::Text))
}

/// Records once into each series of the shape, through handles from `with`. Every thread can call
/// it.
pub(in crate::scrape) fn touch(shape: Shape) -> Box<dyn Fn() + Send + Sync> {
    match shape.kind {
        FamilyKind::Counters => {
            let counters = CounterFamilies::global().all().flat_map(|family| {
                labels(shape.series_per_family).map(|labels| family.with(labels))
            });
            let counters: Vec<CounterSeries> = counters.collect();
            Box::new(move || counters.iter().for_each(CounterSeries::inc))
        }
        FamilyKind::Histograms => {
            let histograms = HistogramFamilies::global().all().take(shape.kind.families());
            let histograms = histograms.flat_map(|family| {
                labels(shape.series_per_family).map(|labels| family.with(labels))
            });
            let histograms: Vec<HistogramSeries> = histograms.collect();
            Box::new(move || histograms.iter().for_each(|series| series.record(OBSERVED)))
        }
    }
}

fn labels(series_per_family: usize) -> impl Iterator<Item = Labels> {
    let shape = Shape { kind: FamilyKind::Counters, series_per_family };
    shape.labels().map(|(region, item)| Labels { region: Region::ALL[region], item })
}
