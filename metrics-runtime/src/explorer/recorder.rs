//! Snapshots as frames of a history.

use std::{borrow::Cow, collections::HashMap, sync::Arc};

use osapi_metrics_explorer::{MetricInfo, MetricKind, NewSeries, Recording, SeriesKey};
use osapi_metrics_rules::InstrumentKind;

use crate::{
    collection::label_text,
    core::{
        descriptor::ConstantLabel,
        snapshot::{MetricIdentity, MetricSnapshot, Snapshot, Values, set_constants},
        storage::{AllSeries, SeriesLabels, Value},
    },
};

/// Records the snapshots of one collector, and knows which series of the history is which of the
/// snapshot.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    /// By the address of the identity.
    metrics: HashMap<usize, TrackedMetric>,
    frame: u64,
}

#[derive(Debug)]
struct TrackedMetric {
    /// Keeps the address.
    _identity: Arc<MetricIdentity>,
    info: Arc<MetricInfo>,
    /// Those of the set. All series of the process have those of the runtime.
    constants: &'static [ConstantLabel],
    series: AllSeries,
    /// In the order of the series.
    tracked: Vec<TrackedSeries>,
    /// The last frame with this metric.
    frame: u64,
}

#[derive(Clone, Debug)]
enum TrackedSeries {
    /// It has not had a value.
    Unknown,
    Number(SeriesKey),
    Distribution(SeriesKey, Arc<[f64]>),
    /// There was no room for it. It is tried again when the series of its metric change.
    LeftOut,
}

impl Recorder {
    /// Writes the values of a snapshot into a frame.
    pub(super) fn record(&mut self, snapshot: &Snapshot, recording: &mut Recording<'_>) {
        self.frame += 1;
        for metric in &snapshot.metrics {
            let tracked = self.metrics.entry(Arc::as_ptr(&metric.identity).addr());
            let tracked = tracked.or_insert_with(|| TrackedMetric::new(metric));
            tracked.frame = self.frame;
            tracked.follow(&metric.series, recording);
            tracked.record(metric, recording);
        }
        let frame = self.frame;
        self.metrics.retain(|_, metric| {
            let is_there = metric.frame == frame;
            if !is_there {
                metric.follow(&Arc::from([]), recording);
            }
            is_there
        });
    }
}

impl TrackedMetric {
    fn new(MetricSnapshot { identity, constants, .. }: &MetricSnapshot) -> Self {
        let MetricIdentity { scope, name, unit, kind, .. } = &**identity;
        let info = MetricInfo::new(&**name, &*scope.name, kind_of(*kind), &**unit);
        Self {
            _identity: Arc::clone(identity),
            info: Arc::new(info),
            constants,
            series: Arc::from([]),
            tracked: Vec::new(),
            frame: 0,
        }
    }

    /// Takes over the series of a snapshot. Those that are not among them end.
    fn follow(&mut self, series: &AllSeries, recording: &mut Recording<'_>) {
        if Arc::ptr_eq(&self.series, series) {
            return;
        }
        let known = self.series.iter().map(|labels| Arc::as_ptr(labels).addr());
        let mut known: HashMap<_, _> = known.zip(self.tracked.drain(..)).collect();
        let find = |labels: &Arc<SeriesLabels>| match known.remove(&Arc::as_ptr(labels).addr()) {
            None | Some(TrackedSeries::LeftOut) => TrackedSeries::Unknown,
            Some(tracked) => tracked,
        };
        self.tracked = series.iter().map(find).collect();
        for key in known.into_values().filter_map(|tracked| tracked.key()) {
            recording.end_series(key);
        }
        self.series = Arc::clone(series);
    }

    fn record(&mut self, metric: &MetricSnapshot, recording: &mut Recording<'_>) {
        for position in 0..metric.values.len() {
            match &metric.values {
                Values::Numbers(numbers) => {
                    if let Some(value) = numbers[position] {
                        self.number(position, float(value), recording);
                    }
                }
                Values::Distributions(distributions) => {
                    if let Some(distribution) = distributions.get(position) {
                        let sum = float(distribution.sum);
                        let (boundaries, buckets) = (distribution.boundaries, distribution.buckets);
                        self.distribution(position, boundaries, sum, buckets, recording);
                    }
                }
                // Its buckets change with its samples, so the history has one for all.
                Values::Exponential(distributions) => {
                    if let Some(distribution) = &distributions[position] {
                        let (sum, count) = (float(distribution.sum), distribution.count);
                        self.distribution(position, &Arc::from([]), sum, &[count], recording);
                    }
                }
            }
        }
    }

    fn number(&mut self, position: usize, value: f64, recording: &mut Recording<'_>) {
        match self.tracked[position] {
            TrackedSeries::Number(key) => recording.number(key, value),
            TrackedSeries::LeftOut => recording.leave_out(),
            _ => {
                let key = self.begin(position, None, recording);
                self.tracked[position] = key.map_or(TrackedSeries::LeftOut, TrackedSeries::Number);
                if let Some(key) = key {
                    recording.number(key, value);
                }
            }
        }
    }

    fn distribution(
        &mut self,
        position: usize,
        boundaries: &Arc<[f64]>,
        sum: f64,
        buckets: &[u64],
        recording: &mut Recording<'_>,
    ) {
        match &self.tracked[position] {
            TrackedSeries::Distribution(key, known) if known == boundaries => {
                recording.distribution(*key, sum, buckets);
            }
            TrackedSeries::LeftOut => recording.leave_out(),
            _ => {
                let begun = self.begin(position, Some(boundaries), recording);
                self.tracked[position] = begun.map_or(TrackedSeries::LeftOut, |key| {
                    TrackedSeries::Distribution(key, Arc::clone(boundaries))
                });
                if let Some(key) = begun {
                    recording.distribution(key, sum, buckets);
                }
            }
        }
    }

    /// Begins a series, in place of one with other boundaries.
    fn begin(
        &self,
        position: usize,
        boundaries: Option<&Arc<[f64]>>,
        recording: &mut Recording<'_>,
    ) -> Option<SeriesKey> {
        if let Some(key) = self.tracked[position].key() {
            recording.end_series(key);
        }
        let attributes = self.series[position].attributes().chain(set_constants(self.constants));
        let labels: Vec<(&str, Cow<'_, str>)> =
            attributes.map(|(key, value)| (key, label_text(value))).collect();
        let labels: Vec<(&str, &str)> =
            labels.iter().map(|(key, value)| (*key, &**value)).collect();
        recording.begin_series(&NewSeries { metric: &self.info, labels: &labels, boundaries })
    }
}

impl TrackedSeries {
    fn key(&self) -> Option<SeriesKey> {
        match self {
            Self::Number(key) | Self::Distribution(key, _) => Some(*key),
            Self::Unknown | Self::LeftOut => None,
        }
    }
}

fn kind_of(kind: InstrumentKind) -> MetricKind {
    match kind {
        InstrumentKind::Counter => MetricKind::Counter,
        InstrumentKind::UpDownCounter => MetricKind::UpDownCounter,
        InstrumentKind::Gauge | InstrumentKind::Info | InstrumentKind::StateSet => {
            MetricKind::Gauge
        }
        InstrumentKind::Histogram => MetricKind::Histogram,
    }
}

#[expect(clippy::cast_precision_loss, reason = "documented: rounded above 2^53")]
fn float(value: Value) -> f64 {
    match value {
        Value::U64(value) => value as f64,
        Value::I64(value) => value as f64,
        Value::F64(value) => value,
    }
}
