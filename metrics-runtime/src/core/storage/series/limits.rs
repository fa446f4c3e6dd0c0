use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use hashbrown::HashMap;
use osapi_metrics_rules::MAX_OPEN_SERIES;

use super::{
    declared::{DeclaredSet, DeclaredValues},
    labels::SeriesLabels,
    recent_values::RecentValues,
};
use crate::core::descriptor::{LabelDescriptor, LabelValues, MetricDescriptor, OwnedLabel};

/// The number of series of a metric, and of values of each open label, which are compared with the
/// declared limits.
///
/// The values that the program declares do not count, nor do series all of whose open labels have
/// such values.
#[derive(Debug)]
pub(super) struct SeriesLimits {
    /// The series that count.
    series: usize,
    /// The most series that the declared limits of the labels allow.
    budget: usize,
    /// The combinations of the closed labels.
    closed: usize,
    open: Box<[OpenLabel]>,
    /// Counts the uses of series with a `recent` label.
    clock: Arc<AtomicU64>,
}

/// The most series of a metric with an open label, for any product of the limits of its labels.
static MOST_OPEN_SERIES: AtomicUsize = AtomicUsize::new(MAX_OPEN_SERIES);

/// Sets the most series of every metric with an open label. Series that exist stay.
pub(crate) fn limit_open_series(series: usize) {
    MOST_OPEN_SERIES.store(series, Ordering::Relaxed);
}

#[derive(Debug)]
struct OpenLabel {
    position: usize,
    key: &'static str,
    max: usize,
    values: ValuesInUse,
    /// Values that do not count.
    declared: DeclaredSet,
    /// The number of values in use that count.
    counted: usize,
}

#[derive(Debug)]
enum ValuesInUse {
    /// The number of series of each value.
    Max(HashMap<OwnedLabel, u32>),
    /// Of a `recent` label: a new value replaces the value that was used least recently.
    Recent(RecentValues),
}

/// The time of the last use of the values of a series' `recent` labels, if it has such labels.
#[derive(Debug)]
pub(super) struct LastUsed(Option<Box<RecentUses>>);

#[derive(Debug)]
struct RecentUses {
    clock: Arc<AtomicU64>,
    values: Box<[Arc<AtomicU64>]>,
}

/// The answer to a new series.
pub(super) enum Admission {
    Admit,
    /// The series is admitted once these series have ended.
    Evict(Vec<Arc<SeriesLabels>>),
    Reject(Limit),
}

/// A limit that a series would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Values { key: &'static str, max: usize },
    Series { max: usize },
}

impl SeriesLimits {
    pub(super) fn new(descriptor: &MetricDescriptor) -> Self {
        let open = descriptor.labels.iter().enumerate().filter_map(|(position, label)| {
            let (max, values) = match label.values {
                LabelValues::Open { max } => (max, ValuesInUse::Max(HashMap::new())),
                LabelValues::Recent { max } => {
                    (max, ValuesInUse::Recent(RecentValues::new(position)))
                }
                LabelValues::Closed(_) | LabelValues::Bool => return None,
            };
            Some(OpenLabel {
                position,
                key: label.key,
                max,
                values,
                declared: DeclaredSet::default(),
                counted: 0,
            })
        });
        let closed = descriptor.labels.iter().filter(|label| !label.is_open());
        Self {
            series: 0,
            budget: descriptor.series_budget(),
            closed: closed.map(LabelDescriptor::size).product(),
            open: open.collect(),
            clock: Arc::default(),
        }
    }

    /// Sets the values that do not count, before there are series.
    pub(super) fn declare(&mut self, declared: &DeclaredValues) {
        for label in &mut self.open {
            label.declared = declared.of(label.key);
        }
    }

    /// The most series that there can be, those that do not count included.
    pub(super) fn most_series(&self) -> usize {
        let declared = self.open.iter().map(|label| label.declared.len());
        let declared = declared.fold(self.closed, usize::saturating_mul);
        self.max_series().saturating_add(declared)
    }

    /// The most series that count.
    fn max_series(&self) -> usize {
        self.budget.min(MOST_OPEN_SERIES.load(Ordering::Relaxed))
    }

    /// Whether a series counts: whether an open label has a value that the program does not
    /// declare.
    fn counts(&self, values: &[OwnedLabel]) -> bool {
        self.open.iter().any(|label| label.counts(values))
    }

    /// Admits a series if neither an open label nor the metric exceeds its limit.
    pub(super) fn admit(&mut self, values: &[OwnedLabel]) -> Admission {
        if !self.counts(values) {
            return Admission::Admit;
        }
        let full_labels =
            || self.open.iter().filter(|label| label.is_full() && label.is_new(values));
        // A series that is rejected in any case must not evict another one.
        if let Some(OpenLabel { key, max, .. }) = full_labels().find(|label| !label.is_recent()) {
            return Admission::Reject(Limit::Values { key, max: *max });
        }
        let is_full = self.series >= self.max_series();
        let is_evicting = |label: &OpenLabel| label.is_full() && label.is_new(values);
        let evicting = match self.open.iter().position(is_evicting) {
            None if is_full => self.open.iter().position(OpenLabel::is_recent),
            evicting => evicting,
        };
        match evicting.map(|label| self.open[label].least_recent(values)) {
            Some(Some(oldest)) => Admission::Evict(oldest),
            None if !is_full => Admission::Admit,
            _ => Admission::Reject(Limit::Series { max: self.max_series() }),
        }
    }

    pub(super) fn enter(&mut self, labels: &Arc<SeriesLabels>) -> LastUsed {
        self.series += usize::from(self.counts(labels.values()));
        let mut uses = Vec::new();
        for label in &mut self.open {
            label.counted += usize::from(label.is_new(labels.values()));
            let (counts, value) = (label.counts(labels.values()), &labels.values()[label.position]);
            match &mut label.values {
                ValuesInUse::Max(values) => *values.entry(value.clone()).or_default() += 1,
                ValuesInUse::Recent(values) => {
                    let now = self.clock.fetch_add(1, Ordering::Relaxed) + 1;
                    uses.push(values.enter(labels, value, counts, now));
                }
            }
        }
        if uses.is_empty() {
            return LastUsed(None);
        }
        let clock = Arc::clone(&self.clock);
        LastUsed(Some(Box::new(RecentUses { clock, values: uses.into() })))
    }

    pub(super) fn leave(&mut self, labels: &Arc<SeriesLabels>) {
        self.series -= usize::from(self.counts(labels.values()));
        for label in &mut self.open {
            if label.values.leave(&labels.values()[label.position], labels) {
                label.counted -= usize::from(label.counts(labels.values()));
            }
        }
    }
}

impl OpenLabel {
    fn is_recent(&self) -> bool {
        matches!(self.values, ValuesInUse::Recent(_))
    }

    /// Whether the value of the label in these values counts.
    fn counts(&self, values: &[OwnedLabel]) -> bool {
        !self.declared.contains(&values[self.position])
    }

    /// Whether the value of the label in these values counts and is not in use.
    fn is_new(&self, values: &[OwnedLabel]) -> bool {
        self.counts(values) && !self.values.contain(&values[self.position])
    }

    fn is_full(&self) -> bool {
        self.counted >= self.max
    }

    /// The series of the value that was used least recently, of all values that count except the
    /// one in these values. `None` if the label is not `recent`.
    fn least_recent(&mut self, except: &[OwnedLabel]) -> Option<Vec<Arc<SeriesLabels>>> {
        match &mut self.values {
            ValuesInUse::Recent(values) => values.least_recent(&except[self.position]),
            ValuesInUse::Max(_) => None,
        }
    }
}

impl ValuesInUse {
    fn contain(&self, value: &OwnedLabel) -> bool {
        match self {
            Self::Max(values) => values.contains_key(value),
            Self::Recent(values) => values.contain(value),
        }
    }

    /// Removes a series of a value. Returns whether it was the last one of the value.
    fn leave(&mut self, value: &OwnedLabel, labels: &Arc<SeriesLabels>) -> bool {
        match self {
            Self::Max(values) => {
                let Some(series) = values.get_mut(value) else { return false };
                *series -= 1;
                let is_last = *series == 0;
                if is_last {
                    values.remove(value);
                }
                is_last
            }
            Self::Recent(values) => values.leave(value, labels),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Values { key, max } => write!(f, "{max} values of the label `{key}`"),
            Self::Series { max } => write!(f, "{max} series"),
        }
    }
}

impl LastUsed {
    /// Notes a use, if a label is `recent`.
    #[inline]
    pub(super) fn mark(&self) {
        if let Some(uses) = &self.0 {
            let now = uses.clock.fetch_add(1, Ordering::Relaxed) + 1;
            for used in &uses.values {
                used.fetch_max(now, Ordering::Relaxed);
            }
        }
    }
}
