//! What the runtime counts of itself.

#[cfg(feature = "_otlp")]
mod exports;

#[cfg(feature = "_otlp")]
pub(crate) use exports::exported;

use std::sync::LazyLock;

use osapi_metrics_rules::InstrumentKind;

use crate::{
    LabelSet, MetricDescriptor, MetricSet, ObservableCounter, Observer,
    descriptor::{LabelDescriptor, ValueType},
    instruments::InstrumentStats,
    provider,
};

/// What the recording core could not do as asked, by metric.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "crate")]
struct SelfMetrics {
    /// Samples that were not recorded: NaN, infinite, negative for a counter, or a duration where the
    /// unit is none of time.
    #[metric(name = "osapi_metrics_dropped_samples_total", unit = "{sample}")]
    dropped: ObservableCounter<MetricLabels>,

    /// Uses of an overflow series because a label had reached its declared limit.
    #[metric(name = "osapi_metrics_overflowed_samples_total", unit = "{sample}")]
    overflowed: ObservableCounter<MetricLabels>,

    /// Observations that panicked during a collection.
    #[metric(name = "osapi_metrics_callback_panics_total", unit = "{panic}")]
    callback_panics: ObservableCounter<MetricLabels>,
}

#[derive(LabelSet)]
#[label(crate = "crate")]
struct MetricLabels {
    #[label(max = 1000)]
    metric: &'static str,
}

/// Begins to observe the instruments, once in a process.
pub(crate) fn observe_instruments() {
    static OBSERVED: LazyLock<()> = LazyLock::new(|| {
        let metrics = SelfMetrics::global();
        metrics.dropped.observe_each(|o| report(o, can_drop, |s| s.family.dropped)).keep();
        metrics
            .overflowed
            .observe_each(|o| report(o, can_overflow, |s| s.family.overflowed))
            .keep();
        let panics =
            |o: &mut Observer<'_, _, _>| report(o, |m| m.observable, |s| s.callback_panics);
        metrics.callback_panics.observe_each(panics).keep();
    });
    LazyLock::force(&OBSERVED);
}

/// Reports a count of every metric that it can happen to, also while it is 0: a series that begins
/// with its first event has no rate then.
fn report(
    observer: &mut Observer<'_, MetricLabels, u64>,
    can_happen: impl Fn(&MetricDescriptor) -> bool,
    count: impl Fn(InstrumentStats) -> u64,
) {
    for instrument in provider::instruments() {
        let metric = instrument.descriptor();
        let own = SelfMetrics::DESCRIPTORS.iter().any(|own| own.name == metric.name);
        if !own && can_happen(metric) {
            observer.observe(&MetricLabels { metric: metric.name }, count(instrument.stats()));
        }
    }
}

/// Whole numbers are always finite, but a duration has no place in a histogram of whole bytes.
fn can_drop(metric: &MetricDescriptor) -> bool {
    metric.value_type == ValueType::F64 || metric.kind == InstrumentKind::Histogram
}

fn can_overflow(metric: &MetricDescriptor) -> bool {
    metric.labels.iter().any(LabelDescriptor::is_open)
}
