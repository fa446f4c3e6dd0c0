//! The series of a history, and their state at one time.

use std::sync::Arc;

use crate::json;

/// What identifies and describes a metric.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct MetricInfo {
    /// The name, as OpenTelemetry has it.
    pub name: Box<str>,
    /// The library that declares the metric; empty if it is not known.
    pub scope: Box<str>,
    /// The kind of the values.
    pub kind: MetricKind,
    /// The unit, as OpenTelemetry writes it; empty without a unit.
    pub unit: Box<str>,
}

impl MetricInfo {
    /// A metric.
    ///
    /// ```
    /// use osapi_metrics_explorer::{MetricInfo, MetricKind};
    ///
    /// let info = MetricInfo::new("jobs_total", "my-service", MetricKind::Counter, "{job}");
    /// assert_eq!(&*info.name, "jobs_total");
    /// ```
    pub fn new(
        name: impl Into<Box<str>>,
        scope: impl Into<Box<str>>,
        kind: MetricKind,
        unit: impl Into<Box<str>>,
    ) -> Self {
        Self { name: name.into(), scope: scope.into(), kind, unit: unit.into() }
    }
}

/// The kind of a metric's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// A sum that only grows.
    Counter,
    /// A sum that grows and shrinks.
    UpDownCounter,
    /// A value that replaces the last one.
    Gauge,
    /// A distribution of samples over buckets.
    Histogram,
}

impl MetricKind {
    /// The name in the JSON of the explorer and in the catalogue.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::UpDownCounter => "up_down_counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// A series that begins.
#[derive(Clone, Debug)]
pub struct NewSeries<'a> {
    /// The metric of the series.
    pub metric: &'a Arc<MetricInfo>,
    /// The labels: keys and values.
    pub labels: &'a [(&'a str, &'a str)],
    /// The upper boundaries of the buckets, without infinity; `None` for numbers.
    pub boundaries: Option<&'a Arc<[f64]>>,
}

/// A series in a [`History`](crate::History). It is valid until the series has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesKey(pub(super) u32);

/// A series that the history has a value of.
#[derive(Debug)]
pub(crate) struct Series {
    /// Shared with the answers that are being written.
    pub(crate) identity: Arc<SeriesIdentity>,
    /// The state after the newest frame.
    pub(crate) newest: State,
    /// The frame that last had a value.
    pub(super) last_frame: u64,
    /// The frame in which the series ended.
    pub(super) ended_in: Option<u64>,
}

/// What does not change while a series goes on.
#[derive(Debug)]
pub(crate) struct SeriesIdentity {
    /// Never used again.
    pub(crate) id: u64,
    pub(crate) metric: Arc<MetricInfo>,
    /// A JSON object.
    pub(crate) labels: Box<str>,
    pub(crate) boundaries: Option<Arc<[f64]>>,
}

/// The value of a series at one time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    /// Whether there is a value. The cells keep the last one, which the next change is relative to.
    pub(crate) has_value: bool,
    /// The number; or the sum and the samples in each bucket.
    pub(crate) cells: Box<[f64]>,
}

impl Series {
    pub(super) fn new(id: u64, series: &NewSeries<'_>) -> Self {
        let cells = series.boundaries.map_or(1, |boundaries| boundaries.len() + 2);
        let state = State { has_value: false, cells: vec![0.0; cells].into() };
        let identity = SeriesIdentity {
            id,
            metric: Arc::clone(series.metric),
            labels: json::labels(series.labels).into(),
            boundaries: series.boundaries.map(Arc::clone),
        };
        Self { identity: identity.into(), newest: state, last_frame: 0, ended_in: None }
    }

    /// Whether the series has not ended.
    pub(crate) fn is_going_on(&self) -> bool {
        self.ended_in.is_none()
    }

    /// The bytes of the series, with what it points to. Metrics and boundaries are shared.
    pub(super) fn bytes(&self) -> usize {
        // What an allocator keeps for each of the four allocations, and the two counts of an `Arc`.
        const OVERHEAD: usize = 4 * 16 + 2 * size_of::<usize>();
        size_of::<Option<Self>>()
            + size_of::<Option<State>>()
            + size_of::<SeriesIdentity>()
            + self.identity.labels.len()
            + 2 * size_of_val(&*self.newest.cells)
            + OVERHEAD
    }
}
