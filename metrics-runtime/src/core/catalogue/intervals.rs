use std::time::Duration;

use super::gather::Catalogue;
use crate::core::descriptor::MetricDescriptor;

impl Catalogue {
    /// Sets the interval at which each metric is pushed.
    pub(crate) fn set_otlp_intervals(&mut self, interval: impl Fn(&MetricDescriptor) -> Duration) {
        self.otlp_intervals = self.metrics.iter().map(|metric| interval(metric)).collect();
    }
}
