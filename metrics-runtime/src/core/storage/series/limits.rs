use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use hashbrown::HashMap;

use super::labels::SeriesLabels;
use crate::core::descriptor::{LabelValues, MetricDescriptor, OwnedLabel};

/// The number of series of a metric, and of values of each open label, which are compared with the
/// declared limits.
#[derive(Debug)]
pub(super) struct SeriesLimits {
    series: usize,
    max_series: usize,
    open: Box<[OpenLabel]>,
    /// Counts the uses of series with a `recent` label.
    clock: Arc<AtomicU64>,
}

#[derive(Debug)]
struct OpenLabel {
    position: usize,
    max: usize,
    /// Whether a new value replaces the value that was used least recently.
    recent: bool,
    values: HashMap<OwnedLabel, ValueInUse>,
}

#[derive(Debug, Default)]
struct ValueInUse {
    series: Vec<Arc<SeriesLabels>>,
    used: Arc<AtomicU64>,
}

/// The time of the last use of the values of a series' `recent` labels.
#[derive(Debug)]
pub(super) struct LastUsed {
    clock: Arc<AtomicU64>,
    values: Box<[Arc<AtomicU64>]>,
}

/// The answer to a new series.
pub(super) enum Admission {
    Admit,
    /// The series is admitted once these series have ended.
    Evict(Vec<Arc<SeriesLabels>>),
    Reject,
}

impl SeriesLimits {
    pub(super) fn new(descriptor: &MetricDescriptor) -> Self {
        let open = descriptor.labels.iter().enumerate().filter_map(|(position, label)| {
            let (max, recent) = match label.values {
                LabelValues::Open { max } => (max, false),
                LabelValues::Recent { max } => (max, true),
                LabelValues::Closed(_) | LabelValues::Bool => return None,
            };
            Some(OpenLabel { position, max, recent, values: HashMap::new() })
        });
        Self {
            series: 0,
            max_series: descriptor.max_series(),
            open: open.collect(),
            clock: Arc::default(),
        }
    }

    /// Admits a series if neither an open label nor the metric exceeds its limit.
    pub(super) fn admit(&self, values: &[OwnedLabel]) -> Admission {
        let is_new = |label: &&OpenLabel| !label.values.contains_key(&values[label.position]);
        let full = |label: &&OpenLabel| label.values.len() >= label.max;
        // A series that is rejected in any case must not evict another one.
        if self.open.iter().filter(is_new).filter(full).any(|label| !label.recent) {
            return Admission::Reject;
        }
        let full_label = self.open.iter().filter(is_new).find(full);
        let evictable = || self.open.iter().find(|label| label.recent);
        match full_label.or_else(|| (self.series >= self.max_series).then(evictable).flatten()) {
            Some(label) => label
                .least_recent(&values[label.position])
                .map_or(Admission::Reject, Admission::Evict),
            None if self.series >= self.max_series => Admission::Reject,
            None => Admission::Admit,
        }
    }

    pub(super) fn enter(&mut self, labels: &Arc<SeriesLabels>) -> LastUsed {
        self.series += 1;
        let mut uses = Vec::new();
        for label in &mut self.open {
            let value = labels.values()[label.position].clone();
            let value = label.values.entry(value).or_default();
            value.series.push(Arc::clone(labels));
            if label.recent {
                uses.push(Arc::clone(&value.used));
            }
        }
        LastUsed { clock: Arc::clone(&self.clock), values: uses.into() }
    }

    pub(super) fn leave(&mut self, labels: &Arc<SeriesLabels>) {
        self.series -= 1;
        for label in &mut self.open {
            let value = &labels.values()[label.position];
            let Some(in_use) = label.values.get_mut(value) else { continue };
            in_use.series.retain(|other| !Arc::ptr_eq(other, labels));
            if in_use.series.is_empty() {
                label.values.remove(value);
            }
        }
    }
}

impl OpenLabel {
    /// The series of the value that was used least recently, of all values except one.
    fn least_recent(&self, except: &OwnedLabel) -> Option<Vec<Arc<SeriesLabels>>> {
        let others = self.values.iter().filter(|(value, _)| *value != except);
        let (_, oldest) = others.min_by_key(|(_, value)| value.used.load(Ordering::Relaxed))?;
        Some(oldest.series.clone())
    }
}

impl LastUsed {
    /// Notes a use, if a label is `recent`.
    #[inline]
    pub(super) fn mark(&self) {
        if !self.values.is_empty() {
            let now = self.clock.fetch_add(1, Ordering::Relaxed) + 1;
            for used in &self.values {
                used.fetch_max(now, Ordering::Relaxed);
            }
        }
    }
}
