//! Where the one instance of a set is, and those that tests have beside it.

use std::{fmt, sync::OnceLock};

use crate::{
    MetricSet, capturing,
    instruments::{InstrumentList, RegisteredInstrument},
};

/// The one instance of a set, which is made when it is first used.
#[doc(hidden)]
pub struct SetInstance<S: 'static> {
    make: fn(&mut InstrumentList) -> S,
    global: OnceLock<Instance<S>>,
}

/// An instance of a set, with its instruments as the provider sees them.
pub(crate) struct Instance<S> {
    pub(crate) set: S,
    /// In the order of the fields.
    pub(crate) instruments: InstrumentList,
}

impl<S: MetricSet> SetInstance<S> {
    /// `make` creates each field from its descriptor and enters it into the list.
    pub const fn new(make: fn(&mut InstrumentList) -> S) -> Self {
        Self { make, global: OnceLock::new() }
    }

    /// The set; in a test that captures, the one that the capture has for itself.
    #[inline]
    pub fn get(&'static self) -> &'static S {
        match capturing::instance(self) {
            Some(captured) => &captured.set,
            None => &self.global().set,
        }
    }

    /// The instance that is exported.
    #[inline]
    fn global(&'static self) -> &'static Instance<S> {
        self.global.get_or_init(|| self.make())
    }

    /// One more instance, or the first.
    #[cold]
    pub(crate) fn make(&self) -> Instance<S> {
        let mut instruments = InstrumentList::new();
        let set = (self.make)(&mut instruments);
        Instance { set, instruments }
    }
}

/// Any set, as the runtime sees it.
#[doc(hidden)]
pub trait RegisteredSet: Sync {
    /// The instruments of the instance that is exported, in the order of the fields.
    fn instruments(&'static self) -> &'static [&'static dyn RegisteredInstrument];
}

impl<S: MetricSet> RegisteredSet for SetInstance<S> {
    fn instruments(&'static self) -> &'static [&'static dyn RegisteredInstrument] {
        &self.global().instruments
    }
}

impl<S> fmt::Debug for SetInstance<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetInstance").finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for Instance<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").finish_non_exhaustive()
    }
}
