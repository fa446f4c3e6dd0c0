mod families;

use std::rc::Rc;

use osapi_metrics::{CounterSeries, Format, HistogramSeries, Metrics};

use super::{Exporter, Kind, OBSERVED, Shape, region::Region};
use crate::runtime::{State, install};
use families::{CounterFamilies, GaugeFamilies, HistogramFamilies, Labels};

pub(crate) const TEXT: &str = "osapi-metrics (text)";
pub(crate) const OPEN_METRICS: &str = "osapi-metrics (OpenMetrics)";

/// Handles that `with` gave, shown in both formats by one runtime. Touching the first one touches
/// the series of both.
pub(super) fn exporters(shape: Shape) -> [Exporter; 2] {
    let metrics = Rc::new(install(State::Prometheus, ""));
    let touch: Box<dyn Fn()> = match shape.kind {
        Kind::Counters => {
            let counters = CounterFamilies::global().all().flat_map(|family| {
                labels(shape.series_per_family).map(|labels| family.with(labels))
            });
            super::each(counters.collect(), |series: &CounterSeries| series.inc())
        }
        Kind::Histograms => {
            let histograms = HistogramFamilies::global().all().take(shape.kind.families());
            let histograms = histograms.flat_map(|family| {
                labels(shape.series_per_family).map(|labels| family.with(labels))
            });
            super::each(histograms.collect(), |series: &HistogramSeries| series.record(OBSERVED))
        }
    };
    let same = Rc::clone(&metrics);
    [
        Exporter::new(TEXT, touch, move || metrics.render(Format::Text)),
        Exporter::new(OPEN_METRICS, Box::new(|| {}), move || same.render(Format::OpenMetrics)),
    ]
}

/// A service with 100 metrics in about the proportions of real ones, 10 series each, that serves
/// Prometheus and pushes to a collector. One scrape and one export have happened.
pub(crate) fn service(collector: &str) -> Metrics {
    let metrics = install(State::Both, collector);
    for counter in CounterFamilies::global().all().take(44) {
        labels(10).for_each(|labels| counter.with(labels).inc());
    }
    for gauge in GaugeFamilies::global().all() {
        labels(10).for_each(|labels| gauge.with(labels).set(1.0));
    }
    for histogram in HistogramFamilies::global().all() {
        labels(10).for_each(|labels| histogram.with(labels).record(OBSERVED));
    }
    let exposition = metrics.render(Format::Text);
    let shown = exposition.lines().filter(|line| line.contains("item=")).count();
    // The series of histograms are shown as 15 samples each.
    assert_eq!(shown, 440 + 330 + 230 * 15, "{exposition}");
    metrics.flush().expect("the collector answers");
    metrics
}

fn labels(series_per_family: usize) -> impl Iterator<Item = Labels> {
    let shape = Shape { kind: Kind::Counters, series_per_family };
    shape.labels().map(|(region, item)| Labels { region: Region::ALL[region], item })
}
