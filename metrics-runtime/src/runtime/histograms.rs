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
        descriptor::MetricDescriptor,
        registry::instruments,
        storage::{Native, end_early_time},
        sync::{lock, scope},
    },
};

/// What a runtime has configured for histograms: boundaries and native buckets. They belong to the
/// process: all its runtimes see the same histograms.
#[derive(Debug)]
pub(super) struct ConfiguredHistograms {
    id: u64,
}

/// What the runtimes that have not ended have configured. The last runtime comes last.
static CONFIGURED: Mutex<Vec<Settings>> = Mutex::new(Vec::new());

/// The settings of one runtime, by the names of metrics.
#[derive(Debug)]
struct Settings {
    id: u64,
    boundaries: BTreeMap<String, Vec<f64>>,
    native: BTreeMap<String, bool>,
    prefers_native: bool,
}

impl ConfiguredHistograms {
    /// Gives every histogram what the last runtime has configured for it, or what is declared if no
    /// runtime has.
    pub(super) fn apply(config: &MetricsConfig) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);

        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut configured = lock(&CONFIGURED);
        configured.push(Settings {
            id,
            boundaries: config.buckets.clone(),
            native: config.native_histograms.clone(),
            prefers_native: config.prefers_native(),
        });
        end_early_time();
        // The histograms of a test that captures keep their boundaries.
        scope::suspended(|| {
            for instrument in instruments() {
                let Some(histogram) = instrument.histogram() else { continue };
                let metric = instrument.descriptor();
                let mut runtimes = configured.iter().rev();
                let boundaries = runtimes.find_map(|of| setting(&of.boundaries, metric));
                let native = native(&configured, metric);
                if histogram.set_buckets(boundaries.map(Vec::as_slice), native) {
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

    /// Forgets the settings of a runtime that ends. Histograms keep them until another runtime is
    /// installed.
    pub(super) fn forget(&self) {
        lock(&CONFIGURED).retain(|of| of.id != self.id);
    }
}

/// Whether a histogram has native buckets: a setting of the metric comes before its declaration,
/// and both before what a push prefers.
fn native(configured: &[Settings], metric: &MetricDescriptor) -> Native {
    match configured.iter().rev().find_map(|of| setting(&of.native, metric)) {
        Some(is_native) => Native::chosen_if(*is_native),
        None if metric.native => Native::Chosen,
        None if configured.iter().any(|of| of.prefers_native) => Native::Preferred,
        None => Native::Absent,
    }
}

/// The setting of a metric, by either of its names.
fn setting<'a, T>(by_name: &'a BTreeMap<String, T>, metric: &MetricDescriptor) -> Option<&'a T> {
    by_name.get(metric.name).or_else(|| by_name.get(metric.prometheus_name()))
}
