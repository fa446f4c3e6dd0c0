use std::{
    any::Any,
    fmt,
    sync::{Arc, Mutex, MutexGuard},
};

use super::super::{instance::Instance, metric_set::MetricSet};
use crate::core::{
    descriptor::MetricDescriptor,
    instruments::RegisteredInstrument,
    sync::{ReentrancyGuard, lock, scope},
};

/// The instances of one capture.
#[derive(Debug, Default)]
pub(crate) struct CapturedSets(Mutex<Vec<CapturedSet>>);

/// The instance of one set.
#[derive(Clone, Copy)]
pub(crate) struct CapturedSet {
    pub(crate) descriptors: &'static [MetricDescriptor],
    pub(crate) instruments: &'static [&'static dyn RegisteredInstrument],
    instance: &'static (dyn Any + Sync),
}

/// The instance of a set that belongs to the capture on this thread, made by `make` at the first
/// use. `None` if this thread does not capture.
#[inline]
pub(crate) fn instance<S: MetricSet>(
    make: impl FnOnce() -> Instance<S>,
) -> Option<&'static Instance<S>> {
    if scope::any_active() { captured_instance(make) } else { None }
}

#[cold]
#[inline(never)]
fn captured_instance<S: MetricSet>(
    make: impl FnOnce() -> Instance<S>,
) -> Option<&'static Instance<S>> {
    let sets: Arc<CapturedSets> = scope::listener()?.receiver.downcast().ok()?;
    Some(sets.get_or_make(make))
}

impl CapturedSets {
    /// The sets that were used.
    pub(crate) fn used(&self) -> Vec<CapturedSet> {
        self.lock().clone()
    }

    /// The set of this type, if it was used.
    pub(crate) fn of<S: MetricSet>(&self) -> Option<CapturedSet> {
        self.lock().iter().find(|set| set.instance::<S>().is_some()).copied()
    }

    fn get_or_make<S: MetricSet>(
        &self,
        make: impl FnOnce() -> Instance<S>,
    ) -> &'static Instance<S> {
        let _guard = ReentrancyGuard::enter();
        let mut sets = self.lock();
        let known = sets.iter().find_map(CapturedSet::instance);
        known.unwrap_or_else(|| {
            let instance: &'static Instance<S> = Box::leak(Box::new(make()));
            let (descriptors, instruments) = (S::DESCRIPTORS, &*instance.instruments);
            sets.push(CapturedSet { descriptors, instruments, instance });
            instance
        })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CapturedSet>> {
        lock(&self.0)
    }
}

impl CapturedSet {
    fn instance<S: MetricSet>(&self) -> Option<&'static Instance<S>> {
        let any: &'static dyn Any = self.instance;
        any.downcast_ref()
    }
}

impl fmt::Debug for CapturedSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CapturedSet").field(&self.descriptors.len()).finish()
    }
}
