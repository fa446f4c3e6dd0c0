use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use osapi_metrics_rules::InstrumentKind;

use super::{
    declared::DeclaredValues,
    index::SeriesIndex,
    labels::SeriesLabels,
    limits::{Admission, Limit, SeriesLimits},
    lookup::AnyLabels,
    map::SeriesMap,
    series_storage::SeriesStorage,
};
use crate::core::{
    descriptor::{LabelDescriptor, LabelValues, MetricDescriptor, OwnedLabel},
    sync::{ReentrancyGuard, Timestamp, lock_unless_lost},
};

/// Series that begin with their first use, and can end.
///
/// Finding a series takes no lock. Beginning or ending a series takes the lock of the limits.
#[derive(Debug)]
pub(super) struct OpenSeries<P> {
    descriptor: &'static MetricDescriptor,
    series: SeriesMap<P>,
    limits: Mutex<SeriesLimits>,
    overflow: OnceLock<(Arc<SeriesLabels>, P)>,
    overflowed: AtomicU64,
    /// The limit that was exceeded first.
    exceeded: OnceLock<Limit>,
    /// Whether it was logged.
    exceeded_logged: AtomicBool,
    /// Whether a series with a recorded value has ended.
    lost_recorded: AtomicBool,
    /// The number of times that a series has begun or ended.
    changes: AtomicU64,
    index: Mutex<(u64, Arc<SeriesIndex<P>>)>,
}

impl<P: Copy + PartialEq + Send + 'static> OpenSeries<P> {
    pub(super) fn new(descriptor: &'static MetricDescriptor) -> Self {
        Self {
            descriptor,
            series: SeriesMap::new(),
            limits: Mutex::new(SeriesLimits::new(descriptor)),
            overflow: OnceLock::new(),
            overflowed: AtomicU64::new(0),
            exceeded: OnceLock::new(),
            exceeded_logged: AtomicBool::new(false),
            lost_recorded: AtomicBool::new(false),
            changes: AtomicU64::new(0),
            index: Mutex::new((0, Arc::new(SeriesIndex::from_iter([])))),
        }
    }

    #[inline]
    pub(super) fn slot<K: SeriesStorage<Slot = P>>(
        &self,
        labels: &dyn AnyLabels,
        storage: &K,
    ) -> P {
        self.series.find(labels).unwrap_or_else(|| self.begin_or_overflow(labels, storage))
    }

    /// The slot of the series of these labels, which begins if it does not exist. `None` if a limit
    /// is reached, which counts as a use of the overflow series.
    pub(super) fn slot_within_limits<K: SeriesStorage<Slot = P>>(
        &self,
        labels: &dyn AnyLabels,
        storage: &K,
    ) -> Option<P> {
        self.series.find(labels).or_else(|| {
            self.begin(labels, storage, |limit| {
                let _ = self.exceeded.set(limit);
                self.overflowed.fetch_add(1, Ordering::Relaxed);
                None
            })
        })
    }

    /// The slot of the series of these labels, if the series exists. Does not count as a use.
    pub(super) fn existing(&self, labels: &dyn AnyLabels) -> Option<P> {
        self.series.peek(labels).or_else(|| {
            let _limits = self.series.has_late().then(|| self.limits())??;
            self.series.peek_locked(labels)
        })
    }

    pub(super) fn index(&self) -> Arc<SeriesIndex<P>> {
        if self.series.can_settle()
            && let Some(_limits) = self.limits()
        {
            self.series.settle();
        }
        let changes = self.changes.load(Ordering::Acquire);
        let Some(mut index) = lock_unless_lost(&self.index) else {
            return Arc::new(SeriesIndex::from_iter([]));
        };
        if index.0 != changes {
            let all = self.series.all().into_iter().chain(self.overflow.get().cloned());
            *index = (changes, Arc::new(all.collect()));
        }
        Arc::clone(&index.1)
    }

    pub(super) fn remove<K: SeriesStorage<Slot = P>>(
        &self,
        labels: &dyn AnyLabels,
        storage: &K,
    ) -> bool {
        let Some((_guard, mut limits)) = self.limits() else { return false };
        let known = self.series.labels(labels);
        known.is_some_and(|known| self.forget(&known, &mut limits, storage))
    }

    pub(super) fn retain<K: SeriesStorage<Slot = P>>(
        &self,
        keep: &mut dyn FnMut(&SeriesLabels, P) -> bool,
        storage: &K,
    ) -> usize {
        // Before the lock: the closure may use the metric, which can take it.
        let all = self.index();
        let of_limit = |labels: &Arc<_>| {
            self.overflow.get().is_some_and(|(overflow, _)| Arc::ptr_eq(overflow, labels))
        };
        let all = all.labels.iter().zip(&all.slots);
        let ended = all.filter(|(labels, slot)| !of_limit(labels) && !keep(labels, **slot));
        let ended: Vec<_> = ended.map(|(labels, _)| labels).collect();
        let Some((_guard, mut limits)) = self.limits() else { return 0 };
        ended.into_iter().filter(|labels| self.forget(labels, &mut limits, storage)).count()
    }

    /// Whether each look-up of a series counts: as a use of the overflow series, or of the value of
    /// a `recent` label.
    pub(super) fn counts_uses(&self, slot: P) -> bool {
        let is_recent =
            |label: &LabelDescriptor| matches!(label.values, LabelValues::Recent { .. });
        self.descriptor.labels.iter().any(is_recent)
            || self.overflow.get().is_some_and(|(_, overflow)| *overflow == slot)
    }

    /// Runs `change` while no series begins or ends.
    pub(super) fn between_series(&self, change: impl FnOnce()) {
        if let Some(_limits) = self.limits() {
            change();
        }
    }

    /// Sets the values that do not count towards the limits.
    pub(super) fn declare(&self, declared: &DeclaredValues) {
        if let Some((_guard, mut limits)) = self.limits() {
            limits.declare(declared);
        }
    }

    /// The most series that there can be.
    pub(super) fn most_series(&self) -> usize {
        self.limits().map_or(0, |(_guard, limits)| limits.most_series())
    }

    /// Logs the limit that was exceeded, once. Called by collections: the code that records may be
    /// the code that logs, or a thread at its end, which cannot log.
    pub(super) fn log_exceeded_limit(&self) {
        if let Some(limit) = self.exceeded.get()
            && !self.exceeded_logged.swap(true, Ordering::Relaxed)
        {
            let beyond = match self.descriptor.kind {
                InstrumentKind::StateSet => {
                    "not recorded, as different things have no common state"
                }
                _ => "recorded in the series otel_metric_overflow=\"true\"",
            };
            tracing::warn!(
                metric = self.descriptor.name,
                declared_at = %self.descriptor.declaration(),
                %limit,
                "a metric has reached a limit; what is beyond the limit is {beyond}; record fewer \
                 values, or declare a higher limit"
            );
        }
    }

    pub(super) fn overflowed(&self) -> u64 {
        self.overflowed.load(Ordering::Relaxed)
    }

    /// Whether a series with a recorded value has ended.
    pub(super) fn lost_recorded(&self) -> bool {
        self.lost_recorded.load(Ordering::Relaxed)
    }

    #[cold]
    fn begin_or_overflow<K: SeriesStorage<Slot = P>>(
        &self,
        labels: &dyn AnyLabels,
        storage: &K,
    ) -> P {
        let begun = self.begin(labels, storage, |limit| {
            let _ = self.exceeded.set(limit);
            Some(self.overflow(storage))
        });
        begun.unwrap_or_else(|| storage.discard_slot())
    }

    /// Begins the series of these labels, unless it exists. `beyond` gives what stands for a series
    /// beyond a limit, while no series begins or ends.
    pub(super) fn begin<K: SeriesStorage<Slot = P>>(
        &self,
        labels: &dyn AnyLabels,
        storage: &K,
        beyond: impl FnOnce(Limit) -> Option<P>,
    ) -> Option<P> {
        // An allocator that records what this function allocates must not wait for its lock.
        if ReentrancyGuard::is_active() {
            return None;
        }
        let mut values: Vec<OwnedLabel> = Vec::with_capacity(self.descriptor.labels.len());
        labels.each(&mut |value| values.push(value.to_owned_label()));

        let (_guard, mut limits) = self.limits()?;
        // Another thread may have begun the series before this one took the lock.
        if let Some(slot) = self.series.find_locked(labels) {
            return Some(slot);
        }
        loop {
            match limits.admit(&values) {
                Admission::Admit => break,
                Admission::Evict(oldest) => {
                    for ended in oldest {
                        self.forget(&ended, &mut limits, storage);
                    }
                }
                Admission::Reject(limit) => return beyond(limit),
            }
        }
        let start = Timestamp::now();
        let labels = Arc::new(SeriesLabels::new(self.descriptor.labels, values.into(), start));
        let slot = storage.claim(&labels);
        let last_used = limits.enter(&labels);
        self.series.insert(labels, slot, last_used);
        self.changes.fetch_add(1, Ordering::Release);
        Some(slot)
    }

    /// Ends exactly this series. Returns `false` if it has ended already.
    fn forget<K: SeriesStorage<Slot = P>>(
        &self,
        labels: &Arc<SeriesLabels>,
        limits: &mut SeriesLimits,
        storage: &K,
    ) -> bool {
        let Some(slot) = self.series.remove(labels) else { return false };
        limits.leave(labels);
        if storage.was_recorded(slot) {
            self.lost_recorded.store(true, Ordering::Relaxed);
        }
        storage.release(slot);
        self.changes.fetch_add(1, Ordering::Release);
        true
    }

    fn overflow<K: SeriesStorage<Slot = P>>(&self, storage: &K) -> P {
        self.overflowed.fetch_add(1, Ordering::Relaxed);
        let mut is_new = false;
        let (_, slot) = self.overflow.get_or_init(|| {
            is_new = true;
            let labels = Arc::new(SeriesLabels::overflow(Timestamp::now()));
            let slot = storage.claim(&labels);
            (labels, slot)
        });
        // Counted once the series is visible, because a reader that sees the change reads the
        // series once.
        if is_new {
            self.changes.fetch_add(1, Ordering::Release);
        }
        *slot
    }

    /// The limits. `None` if the lock is lost.
    fn limits(&self) -> Option<(ReentrancyGuard, MutexGuard<'_, SeriesLimits>)> {
        let guard = ReentrancyGuard::enter();
        lock_unless_lost(&self.limits).map(|limits| (guard, limits))
    }
}
