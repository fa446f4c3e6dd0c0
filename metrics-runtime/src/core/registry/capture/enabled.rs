use std::{
    any::{Any, TypeId},
    fmt,
    sync::{Arc, Mutex, MutexGuard},
};

use super::{super::metric_set::MetricSet, instances::CapturedInstances};
use crate::core::{
    descriptor::MetricDescriptor,
    instruments::RegisteredInstrument,
    sync::{ReentrancyGuard, lock, scope},
};

/// The sets that one capture has used.
#[derive(Debug, Default)]
pub(crate) struct CapturedSets(Mutex<Vec<CapturedSet>>);

/// The instances of one set.
#[derive(Clone, Copy)]
pub(crate) struct CapturedSet {
    set: TypeId,
    pub(crate) descriptors: &'static [MetricDescriptor],
    pub(crate) instruments: &'static [&'static dyn RegisteredInstrument],
    instances: &'static (dyn Any + Sync),
}

/// The instances of a set that belong to the capture on this thread, made by `make` at the first
/// use. `None` if this thread does not capture.
#[inline]
pub(crate) fn instances<S: MetricSet, I: CapturedInstances>(
    make: impl FnOnce() -> I,
) -> Option<&'static I> {
    if scope::any_active() { captured_instances::<S, I>(make) } else { None }
}

#[cold]
#[inline(never)]
fn captured_instances<S: MetricSet, I: CapturedInstances>(
    make: impl FnOnce() -> I,
) -> Option<&'static I> {
    let sets: Arc<CapturedSets> = scope::listener()?.receiver.downcast().ok()?;
    sets.get_or_make::<S, I>(make)
}

impl CapturedSets {
    /// The sets that were used.
    pub(crate) fn used(&self) -> Vec<CapturedSet> {
        self.lock().clone()
    }

    /// The set of this type, if it was used.
    pub(crate) fn of<S: MetricSet>(&self) -> Option<CapturedSet> {
        self.lock().iter().find(|captured| captured.set == TypeId::of::<S>()).copied()
    }

    fn get_or_make<S: MetricSet, I: CapturedInstances>(
        &self,
        make: impl FnOnce() -> I,
    ) -> Option<&'static I> {
        let _guard = ReentrancyGuard::enter();
        let mut sets = self.lock();
        let known = sets.iter().find(|captured| captured.set == TypeId::of::<S>());
        let instances: &'static (dyn Any + Sync) = match known {
            Some(known) => known.instances,
            None => {
                let instances: &'static I = Box::leak(Box::new(make()));
                let (set, descriptors) = (TypeId::of::<S>(), S::DESCRIPTORS);
                let instruments = instances.instruments();
                sets.push(CapturedSet { set, descriptors, instruments, instances });
                return Some(instances);
            }
        };
        let instances: &'static dyn Any = instances;
        instances.downcast_ref()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CapturedSet>> {
        lock(&self.0)
    }
}

impl fmt::Debug for CapturedSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CapturedSet").field(&self.descriptors.len()).finish()
    }
}
