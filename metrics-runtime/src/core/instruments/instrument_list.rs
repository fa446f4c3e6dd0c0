use std::{any::Any, fmt, slice, sync::Arc};

use super::registered::RegisteredInstrument;
use crate::core::{descriptor::MetricDescriptor, storage::ScopeLabels};

/// The instruments of a set while it is made, in the order of its fields.
#[doc(hidden)]
pub struct InstrumentList {
    descriptors: slice::Iter<'static, MetricDescriptor>,
    /// Instruments that exist: those of a set with a scope, whose instances share them.
    existing: slice::Iter<'static, &'static dyn RegisteredInstrument>,
    scope: Option<Arc<ScopeLabels>>,
    made: Vec<&'static dyn RegisteredInstrument>,
}

impl InstrumentList {
    /// The list of a set with these metrics.
    pub(crate) fn of(descriptors: &'static [MetricDescriptor]) -> Self {
        let made = Vec::with_capacity(descriptors.len());
        Self { descriptors: descriptors.iter(), existing: [].iter(), scope: None, made }
    }

    /// The list of one instance of a set with a scope, whose instruments exist.
    pub(crate) fn of_scope(
        instruments: &'static [&'static dyn RegisteredInstrument],
        scope: Arc<ScopeLabels>,
    ) -> Self {
        let existing = instruments.iter();
        Self { descriptors: [].iter(), existing, scope: Some(scope), made: Vec::new() }
    }

    /// The instrument of the next field as exporters see it, which `make` makes unless it exists.
    ///
    /// # Panics
    ///
    /// If there are more fields than metrics, or if an instrument has another type than before,
    /// neither of which the derive makes.
    pub(super) fn next<I: RegisteredInstrument>(
        &mut self,
        make: fn(&'static MetricDescriptor) -> &'static I,
    ) -> &'static I {
        if let Some(existing) = self.existing.next() {
            let existing: &'static dyn Any = *existing;
            return existing.downcast_ref().expect("a field has one type");
        }
        let descriptor = self.descriptors.next().expect("each field of a set is a metric");
        let instrument = make(descriptor);
        self.made.push(instrument);
        instrument
    }

    /// The scope of the instance, unless the set has none.
    pub(super) fn scope(&self) -> Option<Arc<ScopeLabels>> {
        self.scope.clone()
    }

    /// The instruments of all fields.
    pub(crate) fn into_instruments(self) -> Vec<&'static dyn RegisteredInstrument> {
        self.made
    }
}

impl fmt::Debug for InstrumentList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("InstrumentList").field(&self.made.len()).finish()
    }
}
