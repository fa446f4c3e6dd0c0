use std::collections::HashSet;

use osapi_metrics_rules::InstrumentKind;

use crate::{
    config::OtlpTemporality,
    core::{instruments::RegisteredInstrument, registry::instruments, snapshot::MetricIdentity},
};

/// Decides for each metric whether its points are differences.
#[derive(Debug)]
pub(super) struct TemporalityPreference {
    configured: OtlpTemporality,
    /// The declared counters that are observed, by package and name.
    observed: HashSet<(&'static str, &'static str)>,
}

impl TemporalityPreference {
    pub(super) fn new(configured: OtlpTemporality) -> Self {
        let observed = instruments()
            .map(RegisteredInstrument::descriptor)
            .filter(|metric| metric.observable && metric.kind == InstrumentKind::Counter);
        let observed = observed.map(|metric| (metric.origin.package, metric.name)).collect();
        Self { configured, observed }
    }

    /// Whether the points are differences, as the OTLP exporter's specification says for each
    /// preference. The SDK does not show whether a counter of another library is observed: it is
    /// exported like one that is not.
    pub(super) fn is_delta(&self, metric: &MetricIdentity) -> bool {
        match self.configured {
            OtlpTemporality::Cumulative => false,
            OtlpTemporality::Delta => can_be_delta(metric),
            OtlpTemporality::LowMemory => can_be_delta(metric) && !self.is_observed(metric),
        }
    }

    /// Whether every metric is exported as it is.
    pub(super) fn is_cumulative(&self) -> bool {
        self.configured == OtlpTemporality::Cumulative
    }

    fn is_observed(&self, metric: &MetricIdentity) -> bool {
        self.observed.contains(&(&*metric.scope.name, &*metric.name))
    }
}

/// Whether a preference can ask for differences of this metric.
pub(super) fn can_be_delta(metric: &MetricIdentity) -> bool {
    matches!(metric.kind, InstrumentKind::Counter | InstrumentKind::Histogram)
}
