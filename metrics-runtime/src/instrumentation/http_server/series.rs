//! The series in which a request is recorded when it has ended.

use super::{
    HttpServerMetrics,
    metrics::{RequestLabels, TotalLabels},
};
use crate::instruments::{CounterSeries, HistogramSeries, SeriesCache};

/// The series of one combination of labels.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestSeries {
    pub(super) duration: HistogramSeries,
    pub(super) request_size: HistogramSeries<u64>,
    pub(super) response_size: HistogramSeries<u64>,
    pub(super) total: CounterSeries,
}

type Handles = (HistogramSeries, HistogramSeries<u64>, HistogramSeries<u64>, CounterSeries);

/// One look-up here stands for four look-ups of as many labels.
static SERIES: SeriesCache<RequestLabels, Handles> = SeriesCache::new(find);

impl RequestSeries {
    /// The series of these labels.
    pub(super) fn of(labels: RequestLabels) -> Self {
        let (duration, request_size, response_size, total) = SERIES.with(labels);
        Self { duration, request_size, response_size, total }
    }
}

fn find(labels: &RequestLabels) -> Handles {
    let metrics = HttpServerMetrics::global();
    let RequestLabels { method, status, .. } = *labels;
    (
        metrics.duration.with(labels.clone()),
        metrics.request_size.with(labels.clone()),
        metrics.response_size.with(labels.clone()),
        metrics.requests.with(TotalLabels { method, status }),
    )
}
