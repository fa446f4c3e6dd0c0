use std::{any::TypeId, fmt, sync::OnceLock};

use super::{
    capture, lost,
    metric_set::MetricSet,
    registration::RegisteredSet,
    scoped_set::ScopedSet,
    scopes::{Ended, Scopes},
};
use crate::core::{
    descriptor::LabelVisitor,
    instruments::{InstrumentList, RegisteredInstrument},
    storage::ScopeLabels,
    sync::split,
};

/// The instances of a set with a scope.
///
/// They share the instruments that exporters see. The first labels of each series are those of the
/// instance that the series belongs to.
#[doc(hidden)]
pub struct ScopedInstances<S: MetricSet> {
    make: fn(&mut InstrumentList) -> S,
    exported: OnceLock<Scopes<S>>,
    /// The same, once code of the program has asked for an instance.
    used: OnceLock<&'static Scopes<S>>,
}

impl<S: MetricSet> ScopedInstances<S> {
    /// `make` creates each field from the next instrument of the list.
    pub const fn new(make: fn(&mut InstrumentList) -> S) -> Self {
        Self { make, exported: OnceLock::new(), used: OnceLock::new() }
    }

    /// The instance whose series do not have the labels of the scope.
    pub fn unscoped(&'static self) -> &'static S {
        self.scopes().unscoped()
    }

    /// The instance with the labels that `visit` passes to the visitor, which is made unless it
    /// exists.
    pub fn scoped(&'static self, visit: &dyn Fn(&mut LabelVisitor<'_>)) -> ScopedSet<S> {
        ScopedSet(self.scopes().scoped(ScopeLabels::of(visit)))
    }

    /// The instances that are exported. On a thread that captures for a test, those of the capture.
    fn scopes(&'static self) -> &'static Scopes<S> {
        let captured = capture::instances::<S, _>(|| Scopes::new(self.make, Ended::Kept));
        captured.unwrap_or_else(|| self.used.get_or_init(|| self.exported()))
    }

    fn exported(&'static self) -> &'static Scopes<S> {
        self.exported.get_or_init(|| {
            split::note_use();
            lost::note_unless_registered::<S>();
            Scopes::new(self.make, Ended::LeftOut)
        })
    }
}

impl<S: MetricSet> RegisteredSet for ScopedInstances<S> {
    fn instruments(&'static self) -> &'static [&'static dyn RegisteredInstrument] {
        self.exported().instruments()
    }

    fn is_used(&'static self) -> bool {
        self.used.get().is_some()
    }

    fn set_type(&self) -> TypeId {
        TypeId::of::<S>()
    }
}

impl<S: MetricSet> fmt::Debug for ScopedInstances<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedInstances").finish_non_exhaustive()
    }
}
