use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    config::MetricsConfig,
    core::{
        registry::instruments,
        storage::end_early_time,
        sync::{lock, scope},
    },
};

/// The boundaries that a runtime has configured. They belong to the process: all its runtimes see
/// the same histograms.
#[derive(Debug)]
pub(super) struct ConfiguredBoundaries {
    id: u64,
}

/// The boundaries that the runtimes which have not ended have configured, by the names of metrics.
/// The last runtime comes last.
static CONFIGURED: Mutex<Vec<(u64, BTreeMap<String, Vec<f64>>)>> = Mutex::new(Vec::new());

impl ConfiguredBoundaries {
    /// Gives every histogram the boundaries that the last runtime has configured for it, or the
    /// declared ones if no runtime has.
    pub(super) fn apply(config: &MetricsConfig) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);

        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut configured = lock(&CONFIGURED);
        configured.push((id, config.buckets.clone()));
        end_early_time();
        // The histograms of a test that captures keep their boundaries.
        scope::suspended(|| {
            for instrument in instruments() {
                let Some(histogram) = instrument.histogram() else { continue };
                let metric = instrument.descriptor();
                let boundaries = configured.iter().rev().find_map(|(_, configured)| {
                    let of_name = configured.get(metric.name);
                    of_name.or_else(|| configured.get(metric.prometheus_name()))
                });
                if histogram.set_boundaries(boundaries.map(Vec::as_slice)) {
                    tracing::warn!(
                        metric = metric.name,
                        "the boundaries of a histogram have changed; earlier samples are counted \
                         as if they were equal to the upper boundary of their bucket"
                    );
                }
            }
        });
        Self { id }
    }

    /// Forgets the boundaries of a runtime that ends. Histograms keep them until another runtime is
    /// installed.
    pub(super) fn forget(&self) {
        lock(&CONFIGURED).retain(|(id, _)| *id != self.id);
    }
}
