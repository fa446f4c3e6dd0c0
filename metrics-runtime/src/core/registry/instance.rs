use std::fmt;

use super::{capture::CapturedInstances, metric_set::MetricSet};
use crate::core::instruments::RegisteredInstrument;

/// An instance of a set, with its instruments as exporters see them.
pub(crate) struct Instance<S> {
    pub(crate) set: S,
    /// In the order of the fields.
    pub(crate) instruments: Vec<&'static dyn RegisteredInstrument>,
}

impl<S: MetricSet> CapturedInstances for Instance<S> {
    fn instruments(&self) -> &[&'static dyn RegisteredInstrument] {
        &self.instruments
    }
}

impl<S> fmt::Debug for Instance<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance").finish_non_exhaustive()
    }
}
