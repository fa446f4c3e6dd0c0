use std::sync::Mutex;

use super::active_runtimes::Installation;
use crate::{
    config::MetricsConfig,
    core::{registry::instruments, storage::end_early_time, sync::lock},
};

/// Gives every histogram the boundaries that are configured for it. The boundaries that another
/// runtime of this process has configured stay where this one configures none: also of a runtime
/// that is being installed at the same time, which the returned value stands for.
#[must_use = "the installation ends when this value is dropped"]
pub(super) fn apply_boundaries(config: &MetricsConfig) -> Installation {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = lock(&TURN);
    end_early_time();
    let installation = Installation::begin();
    for instrument in instruments() {
        let Some(histogram) = instrument.histogram() else { continue };
        let metric = instrument.descriptor();
        let configured = config.buckets_of(metric.name, metric.prometheus_name());
        if (configured.is_some() || installation.is_alone) && histogram.set_boundaries(configured) {
            tracing::warn!(
                metric = metric.name,
                "the boundaries of a histogram have changed; earlier samples are counted as if they \
                 were equal to the upper boundary of the bucket that they were in"
            );
        }
    }
    installation
}
