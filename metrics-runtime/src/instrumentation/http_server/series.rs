//! The series in which a request is recorded when it has ended.

use std::{cell::RefCell, ptr};

use hashbrown::HashMap;

use super::{
    HttpServerMetrics,
    metrics::{RequestLabels, TotalLabels},
};
use crate::core::instruments::{CounterSeries, HistogramSeries};

thread_local! {
    /// What this thread has found, by set and labels: one look-up here stands for four of as many labels. It stays right,
    /// because these series do not end.
    static KNOWN: RefCell<HashMap<(usize, RequestLabels), RequestSeries>> = RefCell::default();
}

/// How many combinations of labels a thread remembers.
const MOST: usize = 256;

/// The series of one combination of labels.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestSeries {
    pub(super) duration: HistogramSeries,
    pub(super) request_size: HistogramSeries<u64>,
    pub(super) response_size: HistogramSeries<u64>,
    pub(super) total: CounterSeries,
}

impl RequestSeries {
    /// The series of these labels.
    pub(super) fn of(metrics: &'static HttpServerMetrics, labels: RequestLabels) -> Self {
        // A test that captures has a set of its own.
        let key = (ptr::from_ref(metrics).addr(), labels);
        // Gone where a thread ends, and a request with it.
        let known = KNOWN.try_with(|known| known.borrow().get(&key).copied());
        if let Ok(Some(series)) = known {
            return series;
        }
        let before = overflowed(metrics);
        let series = Self::find(metrics, &key.1);
        // Each use of an overflow series is counted, so that it has to be found each time.
        if overflowed(metrics) == before {
            let _ = KNOWN.try_with(|known| remember(&mut known.borrow_mut(), key, series));
        }
        series
    }

    fn find(metrics: &HttpServerMetrics, labels: &RequestLabels) -> Self {
        let RequestLabels { method, status, .. } = *labels;
        Self {
            duration: metrics.duration.find(labels),
            request_size: metrics.request_size.find(labels),
            response_size: metrics.response_size.find(labels),
            total: metrics.requests.find(&TotalLabels { method, status }),
        }
    }
}

fn remember(
    known: &mut HashMap<(usize, RequestLabels), RequestSeries>,
    key: (usize, RequestLabels),
    series: RequestSeries,
) {
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(key, series);
}

/// How often a label was beyond its limit so far.
fn overflowed(metrics: &HttpServerMetrics) -> u64 {
    let HttpServerMetrics { duration, request_size, response_size, requests, .. } = metrics;
    let sizes = request_size.family.stats().overflowed + response_size.family.stats().overflowed;
    duration.family.stats().overflowed + sizes + requests.family.stats().overflowed
}
