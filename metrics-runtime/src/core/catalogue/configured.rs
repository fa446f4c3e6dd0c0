use std::time::Duration;

use super::gather::Catalogue;
use crate::core::descriptor::MetricDescriptor;

impl Catalogue {
    /// Sets the interval at which each metric is pushed.
    pub(crate) fn set_otlp_intervals(&mut self, interval: impl Fn(&MetricDescriptor) -> Duration) {
        self.otlp_intervals = self.metrics.iter().map(|metric| interval(metric)).collect();
    }

    /// Sets the boundaries that the configuration gives histograms in place of the declared ones.
    pub(crate) fn set_boundaries(&mut self, of: impl Fn(&MetricDescriptor) -> Option<Vec<f64>>) {
        self.boundaries = self.metrics.iter().map(|metric| of(metric)).collect();
    }

    /// Sets which histograms have native buckets, or none, by the configuration.
    pub(crate) fn set_native(&mut self, of: impl Fn(&MetricDescriptor) -> Option<bool>) {
        self.native = self.metrics.iter().map(|metric| of(metric)).collect();
    }
}
