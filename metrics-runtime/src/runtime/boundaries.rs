use super::active_runtimes;
use crate::{
    config::MetricsConfig,
    core::{registry::instruments, storage::end_early_time},
};

/// Gives every histogram the boundaries that are configured for it. The boundaries that another
/// runtime of this process has configured stay where this one configures none.
pub(super) fn apply_boundaries(config: &MetricsConfig) {
    end_early_time();
    let is_alone = !active_runtimes::are_any();
    for instrument in instruments() {
        let Some(histogram) = instrument.histogram() else { continue };
        let metric = instrument.descriptor();
        let configured = config.buckets_of(metric.name, metric.prometheus_name());
        if (configured.is_some() || is_alone) && histogram.set_boundaries(configured) {
            tracing::warn!(
                metric = metric.name,
                "the boundaries of a histogram have changed; earlier samples are counted as if they \
                 were equal to the upper boundary of the bucket that they were in"
            );
        }
    }
}
