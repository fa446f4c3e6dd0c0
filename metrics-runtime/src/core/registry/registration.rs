use std::fmt;

use crate::core::{descriptor::MetricDescriptor, instruments::RegisteredInstrument};

/// The registration of a set at link time.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct SetRegistration {
    /// The type's name.
    pub name: &'static str,
    /// The metrics of the set.
    pub descriptors: &'static [MetricDescriptor],
    /// Holds the set's one instance.
    pub instance: &'static dyn RegisteredSet,
}

inventory::collect!(SetRegistration);

/// A set of any type.
#[doc(hidden)]
pub trait RegisteredSet: Sync {
    /// The instruments of the instance that is exported, in the order of the fields.
    fn instruments(&'static self) -> &'static [&'static dyn RegisteredInstrument];
}

/// The instruments of every linked set.
pub(crate) fn instruments() -> impl Iterator<Item = &'static dyn RegisteredInstrument> {
    inventory::iter::<SetRegistration>().flat_map(|set| set.instance.instruments()).copied()
}

impl fmt::Debug for SetRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SetRegistration").field(&self.name).finish()
    }
}
