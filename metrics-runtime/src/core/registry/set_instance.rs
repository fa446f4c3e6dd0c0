use std::{any::TypeId, fmt, sync::OnceLock};

use super::{
    capture, handlers::declared_values, instance::Instance, lost, metric_set::MetricSet,
    registration::RegisteredSet,
};
use crate::core::{
    instruments::{InstrumentList, RegisteredInstrument},
    sync::split,
};

/// The one instance of a set, which is made at its first use.
#[doc(hidden)]
pub struct SetInstance<S: 'static> {
    make: fn(&mut InstrumentList) -> S,
    global: OnceLock<Instance<S>>,
    /// The same instance, once code of the program has asked for it.
    used: OnceLock<&'static Instance<S>>,
}

impl<S: MetricSet> SetInstance<S> {
    /// `make` creates each field from the next descriptor and enters it into the list.
    pub const fn new(make: fn(&mut InstrumentList) -> S) -> Self {
        Self { make, global: OnceLock::new(), used: OnceLock::new() }
    }

    /// The set. On a thread that captures for a test, the set of the capture.
    #[inline]
    pub fn get(&'static self) -> &'static S {
        match capture::instances::<S, _>(|| self.make()) {
            Some(captured) => &captured.set,
            None => &self.used().set,
        }
    }

    #[inline]
    fn used(&'static self) -> &'static Instance<S> {
        self.used.get().copied().unwrap_or_else(|| self.begin_use())
    }

    #[cold]
    fn begin_use(&'static self) -> &'static Instance<S> {
        self.used.get_or_init(|| self.global())
    }

    /// The instance that is exported.
    fn global(&'static self) -> &'static Instance<S> {
        self.global.get().unwrap_or_else(|| self.begin())
    }

    #[cold]
    fn begin(&'static self) -> &'static Instance<S> {
        split::note_use();
        let mut is_new = false;
        let instance = self.global.get_or_init(|| {
            is_new = true;
            self.make()
        });
        if is_new {
            lost::note_unless_registered::<S>();
        }
        instance
    }

    /// Makes an instance: the exported one, or one for a capture.
    #[cold]
    fn make(&self) -> Instance<S> {
        let mut instruments = InstrumentList::of(S::DESCRIPTORS);
        let set = (self.make)(&mut instruments);
        let instruments = instruments.into_instruments();
        let declared = declared_values::<S>();
        if !declared.is_empty() {
            for instrument in &instruments {
                instrument.declare(&declared);
            }
        }
        Instance { set, instruments }
    }
}

impl<S: MetricSet> RegisteredSet for SetInstance<S> {
    fn instruments(&'static self) -> &'static [&'static dyn RegisteredInstrument] {
        &self.global().instruments
    }

    fn is_used(&'static self) -> bool {
        self.used.get().is_some()
    }

    fn set_type(&self) -> TypeId {
        TypeId::of::<S>()
    }
}

impl<S> fmt::Debug for SetInstance<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetInstance").finish_non_exhaustive()
    }
}
