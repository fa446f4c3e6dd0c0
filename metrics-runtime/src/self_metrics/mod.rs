//! What the runtime counts of itself.

#[cfg(feature = "_otlp")]
mod exports;

#[cfg(feature = "_otlp")]
pub(crate) use exports::exported;

use std::sync::LazyLock;

use osapi_metrics_rules::InstrumentKind;

use crate::{
    Counter, LabelSet, MetricDescriptor, MetricSet, ObservableCounter,
    descriptor::{LabelDescriptor, ValueType},
    instruments::InstrumentStats,
    lost, provider,
    recording::SeriesSink,
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

    /// Expressions of a job's attribute that panicked, so that something of the job was not recorded.
    #[metric(name = "osapi_metrics_job_expression_panics_total", unit = "{panic}")]
    job_expression_panics: Counter,

    /// Sets and handlers that are used although the linker has dropped their registrations.
    #[metric(name = "osapi_metrics_lost_registrations_total", unit = "{registration}")]
    lost_registrations: ObservableCounter,
}

#[derive(LabelSet)]
#[label(crate = "crate")]
struct MetricLabels {
    #[label(max = 1000)]
    metric: &'static str,
}

/// Counts a panic in a label, a class of errors or another expression that serves recording only.
#[cold]
pub(crate) fn expression_panicked() {
    SelfMetrics::global().job_expression_panics.inc();
}

/// Makes its metrics, as the first use does.
pub(crate) fn touch() {
    let _ = SelfMetrics::global();
}

/// Begins to observe the instruments, once in a process.
pub(crate) fn observe_instruments() {
    static OBSERVED: LazyLock<()> = LazyLock::new(|| {
        let metrics = SelfMetrics::global();
        metrics.lost_registrations.observe(lost::count).keep();
        report(&metrics.dropped, can_drop, |stats| stats.family.dropped);
        report(&metrics.overflowed, can_overflow, |stats| stats.family.overflowed);
        report(&metrics.callback_panics, |metric| metric.observable, |stats| stats.callback_panics);
    });
    LazyLock::force(&OBSERVED);
}

/// Reports a count of every metric that it can happen to, also while it is 0: a series that begins
/// with its first event has no rate then.
fn report(
    to: &ObservableCounter<MetricLabels>,
    can_happen: impl Fn(&MetricDescriptor) -> bool,
    count: impl Fn(InstrumentStats) -> u64 + Send + Sync + 'static,
) {
    let is_own = |name| SelfMetrics::DESCRIPTORS.iter().any(|own| own.name == name);
    let counted: Vec<_> = provider::instruments()
        .map(|instrument| (instrument, instrument.descriptor()))
        .filter(|(_, metric)| !is_own(metric.name) && can_happen(metric))
        // Looked up once: there are many, and none comes later.
        .map(|(instrument, metric)| {
            (instrument, to.with(MetricLabels { metric: metric.name }).id())
        })
        .collect();
    let observe = move |sink: &mut SeriesSink<u64>| {
        for (instrument, series) in &counted {
            sink.observe_series(*series, count(instrument.stats()));
        }
    };
    to.observe_series(observe).keep();
}

/// Whole numbers are always finite, but a duration has no place in a histogram of whole bytes.
fn can_drop(metric: &MetricDescriptor) -> bool {
    metric.value_type == ValueType::F64 || metric.kind == InstrumentKind::Histogram
}

fn can_overflow(metric: &MetricDescriptor) -> bool {
    metric.labels.iter().any(LabelDescriptor::is_open)
}
