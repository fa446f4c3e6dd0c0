use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use opentelemetry::KeyValue;

use super::{AllSeries, SeriesLabels, Value, dynamic::DynamicSeries};
use crate::{
    descriptor::MetricDescriptor,
    labels::{LabelSet, OwnedLabel, closed_combination, is_closed},
};

/// All series of one metric.
#[derive(Debug)]
pub(crate) struct Family<C: 'static> {
    pub(crate) descriptor: &'static MetricDescriptor,
    series: Storage<C>,
    dropped: AtomicU64,
}

/// One combination of label values and its cell.
#[derive(Debug)]
pub(crate) struct Series<C> {
    pub(crate) labels: Arc<SeriesLabels>,
    pub(crate) cell: C,
}

#[derive(Debug)]
enum Storage<C: 'static> {
    /// Every combination, at the index that [`LabelSet::index`] gives.
    Dense(Box<[Series<C>]>),
    /// Found by hashing, made on first sight.
    Dynamic(DynamicSeries<C>),
}

impl<C: Default> Family<C> {
    pub(crate) fn new(descriptor: &'static MetricDescriptor) -> Self {
        let labels = descriptor.labels;
        let series = if is_closed(labels) {
            let combinations = 0..descriptor.max_series();
            let series = |index| Series::new(descriptor, closed_combination(labels, index));
            Storage::Dense(combinations.map(series).collect())
        } else {
            Storage::Dynamic(DynamicSeries::new(descriptor))
        };
        Self { descriptor, series, dropped: AtomicU64::new(0) }
    }

    /// The series of these labels, or the overflow series if a limit is reached.
    #[inline]
    pub(crate) fn series<L: LabelSet>(&'static self, labels: &L) -> &'static Series<C> {
        match &self.series {
            Storage::Dense(all) => &all[labels.index()],
            Storage::Dynamic(dynamic) => dynamic.series(labels),
        }
    }

    /// Calls `visit` with each series that exists.
    pub(crate) fn for_each(&self, visit: impl FnMut(&Series<C>)) {
        match &self.series {
            Storage::Dense(all) => all.iter().for_each(visit),
            Storage::Dynamic(dynamic) => dynamic.snapshot().into_iter().for_each(visit),
        }
    }

    /// Every series and its value.
    pub(crate) fn read(
        &self,
        values: &mut Vec<Option<Value>>,
        value: impl Fn(&Series<C>) -> Option<Value>,
    ) -> AllSeries {
        values.clear();
        let mut all = Vec::new();
        self.for_each(|series| {
            values.push(value(series));
            all.push(Arc::clone(&series.labels));
        });
        all.into()
    }

    /// Counts a sample that cannot be recorded: NaN, infinite, negative for a counter, or a duration
    /// where the unit is none of time.
    #[cold]
    pub(crate) fn drop_sample(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> FamilyStats {
        FamilyStats {
            dropped: self.dropped.load(Ordering::Relaxed),
            overflowed: match &self.series {
                Storage::Dense(_) => 0,
                Storage::Dynamic(dynamic) => dynamic.overflowed(),
            },
        }
    }
}

/// What a family could not record as asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FamilyStats {
    /// Samples that could not be recorded.
    pub(crate) dropped: u64,
    /// Uses of the overflow series.
    pub(crate) overflowed: u64,
}

impl<C: Default> Series<C> {
    pub(crate) fn new(descriptor: &MetricDescriptor, labels: Box<[OwnedLabel]>) -> Self {
        let labelled = descriptor.labels.iter().zip(&labels).filter(|(_, value)| !value.is_empty());
        let mut attributes: Box<[_]> =
            labelled.map(|(label, value)| KeyValue::new(label.key, value.to_value())).collect();
        // The order in which the SDK finds a series without sorting a copy first.
        attributes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        let labels = Arc::new(SeriesLabels { values: labels, attributes });
        Self { labels, cell: C::default() }
    }

    /// The series of every combination beyond a limit, with the attribute that the OpenTelemetry
    /// specification names for it.
    pub(crate) fn overflow() -> Self {
        let attributes = Box::new([KeyValue::new("otel.metric.overflow", true)]);
        let labels = Arc::new(SeriesLabels { values: Box::default(), attributes });
        Self { labels, cell: C::default() }
    }
}
