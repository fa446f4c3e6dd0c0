use std::{
    collections::HashMap,
    ptr,
    sync::{Arc, Mutex, OnceLock, Weak},
};

use super::{capture::CapturedInstances, metric_set::MetricSet};
use crate::core::{
    instruments::{InstrumentList, RegisteredInstrument},
    storage::{EndedCallbacks, ScopeLabels},
    sync::lock,
};

/// The instances that share these instruments: those that are exported, or those of a capture.
pub(super) struct Scopes<S: MetricSet> {
    make: fn(&mut InstrumentList) -> S,
    /// In the order of the fields.
    instruments: Vec<&'static dyn RegisteredInstrument>,
    ended: Ended,
    unscoped: OnceLock<S>,
    /// The instances that have an owner.
    live: Mutex<HashMap<Arc<ScopeLabels>, Weak<ScopedInstance<S>>>>,
}

/// What becomes of the series of an instance at its end.
#[derive(Clone, Copy)]
pub(super) enum Ended {
    LeftOut,
    /// For a test that reads them when the code under test has dropped the instance.
    Kept,
}

impl<S: MetricSet> Scopes<S> {
    pub(super) fn new(make: fn(&mut InstrumentList) -> S, ended: Ended) -> Self {
        let mut instruments = InstrumentList::of(S::DESCRIPTORS);
        // Only for its instruments: each instance has series of its own.
        drop(make(&mut instruments));
        let instruments = instruments.into_instruments();
        Self { make, instruments, ended, unscoped: OnceLock::new(), live: Mutex::default() }
    }

    /// The instance whose series do not have the labels of the scope.
    pub(super) fn unscoped(&'static self) -> &'static S {
        self.unscoped.get_or_init(|| {
            let metric = S::DESCRIPTORS.first();
            let labels = metric.map_or(&[][..], |metric| metric.scope_labels());
            self.make(Arc::new(ScopeLabels::absent(labels)))
        })
    }

    /// The instance with these labels, which is made unless it exists.
    pub(super) fn scoped(&'static self, labels: ScopeLabels) -> Arc<ScopedInstance<S>> {
        // Dropped behind the lock.
        let ended;
        let mut live = lock(&self.live);
        if let Some(known) = live.get(&labels).and_then(Weak::upgrade) {
            return known;
        }
        // An instance that no one owns any more, and whose end waits for the lock.
        ended = live.remove_entry(&labels).map(|(scope, _)| self.end_series(&scope));
        let scope = Arc::new(labels);
        let set = self.make(Arc::clone(&scope));
        let instance = Arc::new(ScopedInstance { set, scope: Arc::clone(&scope), scopes: self });
        live.insert(scope, Arc::downgrade(&instance));
        drop(live);
        drop(ended);
        instance
    }

    pub(super) fn instruments(&'static self) -> &'static [&'static dyn RegisteredInstrument] {
        &self.instruments
    }

    fn make(&'static self, scope: Arc<ScopeLabels>) -> S {
        (self.make)(&mut InstrumentList::of_scope(&self.instruments, scope))
    }

    /// Ends an instance that no one owns any more, unless another one has its labels by now.
    fn end(&self, instance: &ScopedInstance<S>) {
        let mut live = lock(&self.live);
        let known = live.get(&instance.scope);
        if known.is_none_or(|known| !ptr::eq(known.as_ptr(), instance)) {
            return;
        }
        live.remove(&instance.scope);
        let ended = self.end_series(&instance.scope);
        // A closure may own another instance, whose end takes the lock.
        drop(live);
        drop(ended);
    }

    /// Ends the series of an instance. Returns the closures that observe it.
    fn end_series(&self, scope: &ScopeLabels) -> Vec<EndedCallbacks> {
        match self.ended {
            Ended::Kept => Vec::new(),
            Ended::LeftOut => {
                let instruments = self.instruments.iter();
                instruments.filter_map(|instrument| instrument.end_scope(scope)).collect()
            }
        }
    }
}

impl<S: MetricSet> CapturedInstances for Scopes<S> {
    fn instruments(&self) -> &[&'static dyn RegisteredInstrument] {
        &self.instruments
    }
}

/// One instance of a set with a scope.
pub(super) struct ScopedInstance<S: MetricSet> {
    set: S,
    scope: Arc<ScopeLabels>,
    scopes: &'static Scopes<S>,
}

impl<S: MetricSet> ScopedInstance<S> {
    #[inline]
    pub(super) fn set(&self) -> &S {
        &self.set
    }

    pub(super) fn scope(&self) -> &ScopeLabels {
        &self.scope
    }
}

impl<S: MetricSet> Drop for ScopedInstance<S> {
    fn drop(&mut self) {
        self.scopes.end(self);
    }
}
