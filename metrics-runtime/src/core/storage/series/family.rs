use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use osapi_metrics_rules::InstrumentKind;

use super::{
    declared::DeclaredValues,
    index::{AllSeries, SeriesIndex},
    labels::SeriesLabels,
    lookup::{AnyLabels, Scoped},
    open::OpenSeries,
    scope::ScopeLabels,
    series_storage::{ReadSeries, SeriesStorage},
};
use crate::core::{
    descriptor::{LabelSet, MetricDescriptor, closed_combination},
    storage::{
        exemplars::{self, Exemplar},
        value::Value,
    },
    sync::{Opaque, Timestamp},
};

/// All series of one metric, and the storage of their values.
///
/// The struct has no bounds: each would be one more error for a metric whose values have a type
/// that no instrument has.
#[derive(Debug)]
pub struct Family<K, P> {
    pub(crate) descriptor: &'static MetricDescriptor,
    pub(crate) storage: K,
    series: Series<P>,
    dropped: AtomicU64,
    /// A pointer, so that the search is compiled in this crate and not again in every crate with
    /// such metrics.
    find: fn(&Self, Option<&ScopeLabels>, &dyn AnyLabels) -> P,
}

#[derive(Debug)]
enum Series<P> {
    /// Every combination, at the index that [`LabelSet::combination`] gives.
    Closed(Arc<SeriesIndex<P>>),
    /// Found by hashing, begun with the first use.
    Open(Opaque<OpenSeries<P>>),
}

impl<K: SeriesStorage> Family<K, K::Slot> {
    pub(crate) fn new(descriptor: &'static MetricDescriptor, storage: K) -> Self {
        let labels = descriptor.labels;
        let series = if descriptor.has_fixed_series() {
            let start = Timestamp::now();
            let all = (0..descriptor.max_series()).map(|index| {
                let values = closed_combination(labels, index);
                let labels = Arc::new(SeriesLabels::new(labels, values, start));
                let slot = storage.claim(&labels);
                (labels, slot)
            });
            Series::Closed(Arc::new(all.collect()))
        } else {
            Series::Open(Opaque::new(OpenSeries::new(descriptor)))
        };
        Self { descriptor, storage, series, dropped: AtomicU64::new(0), find: Self::find_open }
    }

    /// The slots of all series, at the index that [`LabelSet::combination`] gives; empty if a label
    /// is open.
    pub(crate) fn closed(&self) -> &[K::Slot] {
        match &self.series {
            Series::Closed(all) => &all.slots,
            Series::Open(_) => &[],
        }
    }

    /// The slot of the series of these labels, behind those of the scope, or of the overflow series
    /// if a limit is reached.
    #[inline]
    pub(crate) fn slot<L: LabelSet>(&self, scope: Option<&ScopeLabels>, labels: &L) -> K::Slot {
        match &self.series {
            Series::Closed(all) => all.slots[labels.combination()],
            Series::Open(_) => self.open_slot(scope, labels),
        }
    }

    /// [`slot`](Self::slot) of a metric whose series can end.
    #[inline]
    pub(crate) fn open_slot(&self, scope: Option<&ScopeLabels>, labels: &dyn AnyLabels) -> K::Slot {
        (self.find)(self, scope, labels)
    }

    /// The slot of the series of these labels, behind those of the scope, if the series exists.
    /// Does not count as a use.
    pub(crate) fn existing_slot<L: LabelSet>(
        &self,
        scope: Option<&ScopeLabels>,
        labels: &L,
    ) -> Option<K::Slot> {
        match (&self.series, scope) {
            (Series::Closed(all), _) => all.slots.get(labels.combination()).copied(),
            (Series::Open(open), None) => open.existing(labels),
            (Series::Open(open), Some(scope)) => open.existing(&Scoped { scope, labels }),
        }
    }

    /// The slot of the series of these labels, behind those of the scope, which begins if it does
    /// not exist. `None` if a limit is reached: such a use counts as a use of the overflow series,
    /// for metrics without one.
    pub(crate) fn slot_within_limits(
        &self,
        scope: Option<&ScopeLabels>,
        labels: &impl LabelSet,
    ) -> Option<K::Slot> {
        match (&self.series, scope) {
            (Series::Closed(all), _) => all.slots.get(labels.combination()).copied(),
            (Series::Open(open), None) => open.slot_within_limits(labels, &self.storage),
            (Series::Open(open), Some(scope)) => {
                open.slot_within_limits(&Scoped { scope, labels }, &self.storage)
            }
        }
    }

    fn find_open(&self, scope: Option<&ScopeLabels>, labels: &dyn AnyLabels) -> K::Slot {
        match (&self.series, scope) {
            (Series::Closed(_), _) => self.storage.discard_slot(),
            (Series::Open(open), None) => open.slot(labels, &self.storage),
            (Series::Open(open), Some(scope)) => self.find_in_scope(open, scope, labels),
        }
    }

    // Out of the way of the more frequent look-up.
    #[cold]
    #[inline(never)]
    fn find_in_scope(
        &self,
        open: &OpenSeries<K::Slot>,
        scope: &ScopeLabels,
        labels: &dyn AnyLabels,
    ) -> K::Slot {
        open.slot(&Scoped { scope, labels }, &self.storage)
    }

    /// The slot of the series of these labels, which is begun with a slot of this storage if there
    /// is none. `None` if a limit is reached.
    pub(crate) fn begin<C>(&self, labels: &dyn AnyLabels, storage: &C) -> Option<K::Slot>
    where
        C: SeriesStorage<Slot = K::Slot>,
    {
        match &self.series {
            Series::Closed(_) => None,
            Series::Open(open) => open.begin(labels, storage, |_| None),
        }
    }

    /// Whether the series of this slot has not ended.
    #[inline]
    pub(crate) fn is_current(&self, slot: K::Slot) -> bool {
        self.storage.is_current(slot)
    }

    /// Whether a handle to this slot stands for later look-ups with the same labels, as long as the
    /// series has not ended.
    pub(crate) fn can_be_kept(&self, slot: K::Slot) -> bool {
        let has_to_be_found = match &self.series {
            Series::Closed(_) => false,
            Series::Open(open) => open.counts_uses(slot),
        };
        self.is_current(slot) && !has_to_be_found
    }

    /// Runs `change` while no series begins or ends: a series that began before is in the index
    /// afterwards.
    pub(crate) fn between_series(&self, change: impl FnOnce()) {
        match &self.series {
            Series::Closed(_) => change(),
            Series::Open(open) => open.between_series(change),
        }
    }

    /// Sets the values of open labels that the program declares, which do not count towards the
    /// limits.
    pub(crate) fn declare(&self, declared: &DeclaredValues) {
        if let Series::Open(open) = &self.series {
            open.declare(declared);
        }
    }

    /// The most series that the metric can have, without the overflow series.
    pub(crate) fn most_series(&self) -> usize {
        match &self.series {
            Series::Closed(all) => all.slots.len(),
            Series::Open(open) => open.most_series(),
        }
    }

    /// Logs the limit that the series have exceeded, once.
    pub(crate) fn log_exceeded_limit(&self) {
        if let Series::Open(open) = &self.series {
            open.log_exceeded_limit();
        }
    }

    /// Whether series can end.
    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.series, Series::Open(_))
    }

    /// The series that exist now.
    pub(crate) fn index(&self) -> Arc<SeriesIndex<K::Slot>> {
        match &self.series {
            Series::Closed(all) => Arc::clone(all),
            Series::Open(open) => open.index(),
        }
    }

    /// Ends the series of these labels, behind those of the scope. Returns `false` if there is no
    /// such series.
    pub(crate) fn remove(&self, scope: Option<&ScopeLabels>, labels: &dyn AnyLabels) -> bool {
        match (&self.series, scope) {
            (Series::Closed(_), _) => false,
            (Series::Open(open), None) => open.remove(labels, &self.storage),
            (Series::Open(open), Some(scope)) => {
                open.remove(&Scoped { scope, labels }, &self.storage)
            }
        }
    }

    /// Ends the series of the scope for which `keep` returns `false`, and returns their number.
    pub(crate) fn retain(
        &self,
        scope: Option<&ScopeLabels>,
        keep: &mut dyn FnMut(&SeriesLabels) -> bool,
    ) -> usize {
        let is_outside = |labels: &SeriesLabels| scope.is_some_and(|scope| !scope.contains(labels));
        match &self.series {
            Series::Closed(_) => 0,
            Series::Open(open) => {
                open.retain(&mut |labels, _| is_outside(labels) || keep(labels), &self.storage)
            }
        }
    }

    /// Ends all series of a scope.
    pub(crate) fn end_scope(&self, scope: &ScopeLabels) {
        self.retain(Some(scope), &mut |_| false);
    }

    /// Ends the series whose slots these are. Those of closed labels stay: they begin again now.
    pub(crate) fn end(&self, is_ended: impl Fn(&K::Slot) -> bool) {
        match &self.series {
            Series::Closed(all) => {
                let now = Timestamp::now();
                for (labels, _) in all.labels.iter().zip(&all.slots).filter(|(_, s)| is_ended(s)) {
                    labels.begin_again(now);
                }
            }
            Series::Open(open) => {
                open.retain(&mut |_, slot| !is_ended(&slot), &self.storage);
            }
        }
    }

    /// Whether a value was ever recorded, also in series that have ended.
    pub(crate) fn was_recorded(&self) -> bool {
        let has_ended = match &self.series {
            Series::Closed(_) => false,
            Series::Open(open) => open.lost_recorded(),
        };
        has_ended || self.index().slots.iter().any(|slot| self.storage.was_recorded(*slot))
    }

    /// Counts a sample that cannot be recorded: NaN, infinite, negative for a counter, or a
    /// duration where the unit is not a unit of time.
    #[cold]
    pub(crate) fn drop_sample(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> FamilyStats {
        FamilyStats {
            series: self.index().slots.len(),
            dropped: self.dropped.load(Ordering::Relaxed),
            overflowed: match &self.series {
                Series::Closed(_) => 0,
                Series::Open(open) => open.overflowed(),
            },
        }
    }
}

impl<K: ReadSeries> Family<K, K::Slot> {
    /// Reads the value of each series, in the order of the returned labels, and the exemplars of a
    /// counter, each with the position of its series.
    pub(crate) fn read(
        &self,
        values: &mut Vec<Option<Value>>,
        mut exemplar: impl FnMut(usize, Exemplar),
    ) -> AllSeries {
        let all = self.index();
        values.clear();
        values.reserve(all.slots.len());
        self.storage.read(&all.slots, values);
        if self.descriptor.kind == InstrumentKind::Counter && exemplars::are_on() {
            self.storage.exemplars(&all.slots, &mut exemplar);
        }
        Arc::clone(&all.labels)
    }
}

/// The number of series of a family, and of samples that it did not record as asked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct FamilyStats {
    /// Series that exist now, with or without a value.
    pub(crate) series: usize,
    /// Samples that could not be recorded.
    pub(crate) dropped: u64,
    /// Uses of the overflow series.
    pub(crate) overflowed: u64,
}
