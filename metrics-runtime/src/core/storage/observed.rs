use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet},
    fmt, mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use osapi_metrics_rules::InstrumentKind;

use super::{
    number::Number,
    series::{AllSeries, Family, ScopeId, ScopeLabels, SeriesLabels, SeriesStorage},
    value::Value,
};
use crate::core::{
    descriptor::{LabelSet, MetricDescriptor},
    sync::{catch_panic, lock_unless_lost},
};

/// The closures that give an observable instrument its values.
pub(crate) struct ObservedCallbacks<V> {
    callbacks: Mutex<BTreeMap<u64, Arc<Callback<V>>>>,
    next: AtomicU64,
    panics: AtomicU64,
}

struct Callback<V> {
    observe: ObserveSeries<V>,
    /// The instance of the set that it observes, if the set has a scope.
    scope: Option<ScopeId>,
    /// The series that it has reported.
    reported: Mutex<BTreeSet<ObservedId>>,
    panics: AtomicU64,
}

type ObserveSeries<V> = Box<dyn Fn(&mut ObservationSink<V>) + Send + Sync>;

/// Closures that nobody calls any more, to be dropped.
pub(crate) type EndedCallbacks = Box<dyn Any>;

/// The storage of series that have a value only during a collection.
#[derive(Debug)]
pub(crate) struct ObservedStorage;

/// The id of an observed series, unique among all metrics of the process.
pub(crate) type ObservedId = u64;

/// The values that one collection has observed so far.
pub(crate) struct ObservationSink<V> {
    family: &'static ObservedFamily,
    values: BTreeMap<ObservedId, V>,
    /// The series that the closure which runs has reported.
    reported: Vec<ObservedId>,
    combine: Combine,
}

/// A metric whose values are observed.
pub(crate) type ObservedFamily = Family<ObservedStorage, ObservedId>;

impl SeriesStorage for ObservedStorage {
    type Slot = ObservedId;

    fn claim(&self, _: &Arc<SeriesLabels>) -> ObservedId {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    fn release(&self, _: ObservedId) {}

    fn discard_slot(&self) -> ObservedId {
        ObservedId::MAX
    }

    fn is_current(&self, id: ObservedId) -> bool {
        id != self.discard_slot()
    }

    /// Observed values are not recorded.
    fn was_recorded(&self, _: ObservedId) -> bool {
        false
    }
}

/// A metric whose values are observed, and the closures that observe them.
#[derive(Debug)]
pub(crate) struct ObservableFamily<V: 'static> {
    pub(crate) descriptor: &'static MetricDescriptor,
    pub(crate) family: ObservedFamily,
    pub(crate) callbacks: ObservedCallbacks<V>,
}

impl<V: Number> ObservableFamily<V> {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        let family = Family::new(descriptor, ObservedStorage);
        Box::leak(Box::new(Self { descriptor, family, callbacks: ObservedCallbacks::default() }))
    }

    /// Runs the closures and reads the value of each series, in the order of the returned labels.
    pub(crate) fn read(&'static self, values: &mut Vec<Option<Value>>) -> AllSeries {
        let combine = match self.descriptor.kind {
            InstrumentKind::Gauge => Combine::LastValue,
            _ => Combine::Sum,
        };
        let observed = self.callbacks.collect(&self.family, combine);
        let all = self.family.index();
        values.clear();
        let value = |id| observed.get(id).copied().map(V::to_value);
        values.extend(all.slots.iter().map(value));
        Arc::clone(&all.labels)
    }
}

/// How several observations of one series in one collection are combined.
#[derive(Clone, Copy, Debug)]
enum Combine {
    /// The values are added: they are parts of one sum.
    Sum,
    /// The last value counts.
    LastValue,
}

impl<V: Number> ObservedCallbacks<V> {
    /// Adds a closure. `series` is the one that it reports, if it reports one alone.
    pub(crate) fn add(
        &self,
        scope: Option<ScopeId>,
        series: Option<ObservedId>,
        observe: impl Fn(&mut ObservationSink<V>) + Send + Sync + 'static,
    ) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let callback = Callback {
            observe: Box::new(observe),
            scope,
            reported: Mutex::new(series.into_iter().collect()),
            panics: AtomicU64::new(0),
        };
        if let Some(mut callbacks) = self.lock() {
            callbacks.insert(id, Arc::new(callback));
        }
        id
    }

    pub(crate) fn remove(&self, id: u64, family: &ObservedFamily) {
        let removed = self.lock().and_then(|mut callbacks| callbacks.remove(&id));
        if let Some(callback) = removed {
            self.release(callback, family);
        }
    }

    /// Removes the closures of one instance of the set.
    pub(crate) fn end_scope(&self, scope: ScopeId) -> Option<EndedCallbacks> {
        let mut callbacks = self.lock()?;
        let (ended, others): (BTreeMap<_, _>, _) = mem::take(&mut *callbacks)
            .into_iter()
            .partition(|(_, callback)| callback.scope == Some(scope));
        *callbacks = others;
        Some(Box::new(ended))
    }

    /// Drops a closure that nobody runs any more, and ends the series that it alone has reported.
    fn release(&self, callback: Arc<Callback<V>>, family: &ObservedFamily) {
        let Some(Callback { observe, reported, .. }) = Arc::into_inner(callback) else { return };
        // Without the lock: a value that the closure owns may begin or end an observation.
        drop(observe);
        let mut ended = reported.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(callbacks) = self.lock() else { return };
        for other in callbacks.values() {
            let Some(reported) = lock_unless_lost(&other.reported) else { return };
            ended.retain(|series| !reported.contains(series));
        }
        drop(callbacks);
        if !ended.is_empty() {
            family.end(|series| ended.contains(series));
        }
    }

    /// Runs every callback. A panic is caught and counted, because it would stop the SDK's
    /// collections for the rest of the process.
    fn collect(
        &self,
        family: &'static ObservedFamily,
        combine: Combine,
    ) -> BTreeMap<ObservedId, V> {
        // Cloned out of the lock: a callback may add or remove observations.
        let callbacks: Vec<_> =
            self.lock().iter().flat_map(|callbacks| callbacks.values()).cloned().collect();
        let mut sink =
            ObservationSink { family, values: BTreeMap::new(), reported: Vec::new(), combine };
        for callback in callbacks {
            if catch_panic(|| (callback.observe)(&mut sink)).is_none() {
                self.panics.fetch_add(1, Ordering::Relaxed);
                if callback.panics.fetch_add(1, Ordering::Relaxed) == 0 {
                    catch_panic(|| report(family));
                }
            }
            let reported = sink.reported.drain(..);
            if let Some(mut known) = lock_unless_lost(&callback.reported) {
                known.extend(reported);
            }
            // If the observation has ended meanwhile, this drops the closure and the values that it
            // owns.
            catch_panic(|| self.release(callback, family));
        }
        sink.values
    }

    /// Whether a closure was ever added.
    pub(crate) fn were_added(&self) -> bool {
        self.next.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    /// The callbacks. `None` if the lock is lost.
    fn lock(&self) -> Option<MutexGuard<'_, BTreeMap<u64, Arc<Callback<V>>>>> {
        lock_unless_lost(&self.callbacks)
    }
}

fn report(family: &ObservedFamily) {
    tracing::error!(
        metric = family.descriptor.name,
        declared_at = %family.descriptor.declaration(),
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

impl<V: Number> ObservationSink<V> {
    /// Counts a value that cannot be reported.
    pub(crate) fn drop_sample(&self) {
        self.family.drop_sample();
    }

    pub(crate) fn observe<L: LabelSet>(
        &mut self,
        scope: Option<&ScopeLabels>,
        labels: &L,
        value: V,
    ) {
        self.observe_series(self.family.slot(scope, labels), value);
    }

    pub(crate) fn observe_series(&mut self, series: ObservedId, value: V) {
        self.reported.push(series);
        let monotonic = self.family.descriptor.kind == InstrumentKind::Counter;
        if !value.is_finite() || (monotonic && value < V::ZERO) {
            self.family.drop_sample();
            return;
        }
        let combine = self.combine;
        self.values
            .entry(series)
            .and_modify(|known| {
                *known = match combine {
                    Combine::Sum => known.saturating_plus(value),
                    Combine::LastValue => value,
                };
            })
            .or_insert(value);
    }
}
