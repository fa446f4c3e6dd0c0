use std::fmt;

use osapi_metrics_rules::InstrumentKind;

use crate::{
    descriptor::MetricDescriptor,
    instruments::RegisteredInstrument,
    recording::{AllSeries, Value},
};

/// An instrument of our own that scrapes read without the SDK: no histogram, which only the SDK
/// aggregates, and none that a view of the user changes.
#[derive(Clone, Copy)]
pub(crate) struct DirectInstrument(&'static dyn RegisteredInstrument);

impl DirectInstrument {
    pub(super) fn new(
        instrument: &'static dyn RegisteredInstrument,
        has_view: bool,
    ) -> Option<Self> {
        let only_in_sdk = has_view || instrument.descriptor().kind == InstrumentKind::Histogram;
        (!only_in_sdk).then_some(Self(instrument))
    }

    pub(crate) fn descriptor(self) -> &'static MetricDescriptor {
        self.0.descriptor()
    }

    /// As [`RegisteredInstrument::read`]: it runs callbacks of users.
    #[cfg_attr(not(feature = "prometheus"), expect(dead_code, reason = "scrapes read it"))]
    pub(crate) fn read(self, values: &mut Vec<Option<Value>>) -> Option<AllSeries> {
        self.0.read(values)
    }
}

impl fmt::Debug for DirectInstrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DirectInstrument").field(&self.descriptor().name).finish()
    }
}
