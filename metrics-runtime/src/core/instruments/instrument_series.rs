use std::{fmt, sync::Arc};

use crate::core::{
    descriptor::{LabelSet, closed_combination, is_closed, series_count},
    storage::{
        AnyLabels, Combination, Family, HistogramRef, HistogramStorage, LastValueStorage,
        ScopeLabels, SeriesLabels, SeriesStorage, SlotRef, SumStorage,
    },
    sync::enabled,
};

/// The series of an instrument: all of its family, or those of the scope that its set has.
///
/// The struct has no bounds, for the reason that [`Family`] has none.
pub struct InstrumentSeries<K: 'static, P: 'static> {
    pub(super) family: &'static Family<K, P>,
    /// The slot of each combination of labels, at the index that [`LabelSet::combination`] gives;
    /// empty if a label of the instrument is open.
    closed: Box<[P]>,
    scope: Option<Arc<ScopeLabels>>,
}

/// The series of an instrument whose values are sums.
pub(crate) type SumInstrument<V> = InstrumentSeries<SumStorage<V>, SlotRef>;

/// The series of an instrument whose values are set.
pub(crate) type LastValueInstrument<V> = InstrumentSeries<LastValueStorage<V>, SlotRef>;

/// The series of an instrument whose values are distributions.
pub(crate) type HistogramInstrument<V> = InstrumentSeries<HistogramStorage<V>, HistogramRef<V>>;

impl<K, P> fmt::Debug for InstrumentSeries<K, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InstrumentSeries").field(&self.family.descriptor.name).finish()
    }
}

impl<K: SeriesStorage> InstrumentSeries<K, K::Slot> {
    /// Begins the series of each combination, if the labels of the instrument are closed.
    pub(super) fn new(
        family: &'static Family<K, K::Slot>,
        scope: Option<Arc<ScopeLabels>>,
    ) -> Self {
        let labels = family.descriptor.own_labels();
        let closed = match &scope {
            Some(scope) if is_closed(labels) => (0..series_count(labels))
                .map(|index| {
                    let values = closed_combination(labels, index);
                    family.open_slot(Some(scope), &Combination(&values))
                })
                .collect(),
            Some(_) => Box::default(),
            None => family.closed().into(),
        };
        Self { family, closed, scope }
    }

    /// The slot of the series of these labels; the discard slot while recording is off.
    #[inline]
    pub(super) fn slot(&self, labels: &impl LabelSet) -> K::Slot {
        match self.closed.get(labels.combination()) {
            Some(slot) => *slot,
            None if enabled() => self.open_slot(labels),
            None => self.family.storage.discard_slot(),
        }
    }

    /// The slot of the series of these labels, also if recording is off.
    #[inline]
    pub(super) fn slot_always(&self, labels: &impl LabelSet) -> K::Slot {
        match self.closed.get(labels.combination()) {
            Some(slot) => *slot,
            None => self.open_slot(labels),
        }
    }

    #[inline]
    fn open_slot(&self, labels: &dyn AnyLabels) -> K::Slot {
        self.family.open_slot(self.scope.as_deref(), labels)
    }

    /// The slot of the series of these labels, if the series exists. Does not count as a use.
    pub(super) fn existing_slot(&self, labels: &impl LabelSet) -> Option<K::Slot> {
        self.family.existing_slot(self.scope.as_deref(), labels)
    }

    /// Ends the series of these labels. Returns `false` if there is no such series.
    pub(super) fn remove(&self, labels: &impl LabelSet) -> bool {
        self.family.remove(self.scope.as_deref(), labels)
    }

    /// Ends the series for which `keep` returns `false`, and returns their number.
    pub(super) fn retain(&self, keep: &mut dyn FnMut(&SeriesLabels) -> bool) -> usize {
        self.family.retain(self.scope.as_deref(), keep)
    }
}
