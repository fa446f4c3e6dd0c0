use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use osapi_metrics_rules::InstrumentKind;

use super::{AnyLabels, Family, Kind, Number, SeriesLabels};
use crate::{contained::contained, labels::LabelSet};

/// The closures that give an observable instrument its values.
pub(crate) struct ObservedCallbacks<V> {
    callbacks: Mutex<BTreeMap<u64, Arc<Callback<V>>>>,
    next: AtomicU64,
    panics: AtomicU64,
}

struct Callback<V> {
    observe: ObserveSeries<V>,
    panics: AtomicU64,
}

type ObserveSeries<V> = Box<dyn Fn(&mut SeriesSink<V>) + Send + Sync>;

/// Series that have a value only during a collection.
#[derive(Debug)]
pub(crate) struct Observed;

/// Names an observed series, of whatever metric, for the life of the process.
pub(crate) type ObservedId = u64;

/// What one collection has observed so far.
pub(crate) struct SeriesSink<V> {
    family: &'static ObservedFamily,
    values: BTreeMap<ObservedId, V>,
    repeated: Repeated,
}

/// A metric whose values are observed.
pub(crate) type ObservedFamily = Family<Observed, ObservedId>;

impl Kind for Observed {
    type Place = ObservedId;

    fn claim(&self, _: &Arc<SeriesLabels>) -> ObservedId {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    fn release(&self, _: ObservedId) {}

    fn nowhere(&self) -> ObservedId {
        ObservedId::MAX
    }

    /// Values that are observed are not recorded.
    fn was_recorded(&self, _: ObservedId) -> bool {
        false
    }

    fn find(family: &Family<Self, ObservedId>, labels: &dyn AnyLabels) -> ObservedId {
        family.find(labels)
    }
}

/// What becomes of a second observation of the same series in one collection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Repeated {
    /// It is added: two parts of one sum.
    Adds,
    /// It takes the place of the first.
    Replaces,
}

impl<V: Number> ObservedCallbacks<V> {
    pub(crate) fn add(&self, observe: impl Fn(&mut SeriesSink<V>) + Send + Sync + 'static) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let callback = Callback { observe: Box::new(observe), panics: AtomicU64::new(0) };
        self.lock().insert(id, Arc::new(callback));
        id
    }

    pub(crate) fn remove(&self, id: u64) {
        // The closure is dropped after the lock: what it owns may observe something itself.
        let removed = self.lock().remove(&id);
        drop(removed);
    }

    /// Runs every callback. One that panics is caught and counted, because a panic would stop the
    /// SDK's collection for the rest of the process.
    pub(crate) fn collect(
        &self,
        family: &'static ObservedFamily,
        repeated: Repeated,
    ) -> BTreeMap<ObservedId, V> {
        // Cloned out of the lock: a callback may add or remove observations.
        let callbacks: Vec<_> = self.lock().values().cloned().collect();
        let mut sink = SeriesSink { family, values: BTreeMap::new(), repeated };
        for callback in callbacks {
            if contained(|| (callback.observe)(&mut sink)).is_none() {
                self.panics.fetch_add(1, Ordering::Relaxed);
                if callback.panics.fetch_add(1, Ordering::Relaxed) == 0 {
                    contained(|| report(family));
                }
            }
            // If the observation has ended meanwhile, this drops the closure and what it owns.
            contained(move || drop(callback));
        }
        sink.values
    }

    /// Whether there ever was a closure.
    pub(crate) fn were_added(&self) -> bool {
        self.next.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Callback<V>>>> {
        self.callbacks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn report(family: &ObservedFamily) {
    tracing::error!(
        metric = family.descriptor.name,
        declared_at = %family.descriptor.origin,
        "an observation panicked; what it had not yet reported is left out of this collection"
    );
}

impl<V> Default for ObservedCallbacks<V> {
    fn default() -> Self {
        Self { callbacks: Mutex::default(), next: AtomicU64::new(0), panics: AtomicU64::new(0) }
    }
}

impl<V> fmt::Debug for ObservedCallbacks<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedCallbacks").finish_non_exhaustive()
    }
}

impl<V: Number> SeriesSink<V> {
    pub(crate) fn observe<L: LabelSet>(&mut self, labels: &L, value: V) {
        self.observe_series(self.family.place(labels), value);
    }

    pub(crate) fn observe_series(&mut self, series: ObservedId, value: V) {
        let monotonic = self.family.descriptor.kind == InstrumentKind::Counter;
        if !value.is_finite() || (monotonic && value < V::ZERO) {
            self.family.drop_sample();
            return;
        }
        let repeated = self.repeated;
        self.values
            .entry(series)
            .and_modify(|known| {
                *known = match repeated {
                    Repeated::Adds => known.plus(value),
                    Repeated::Replaces => value,
                };
            })
            .or_insert(value);
    }
}
