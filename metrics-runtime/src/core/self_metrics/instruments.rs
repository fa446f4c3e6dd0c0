use std::sync::LazyLock;

use osapi_metrics_rules::InstrumentKind;

use crate::core::{
    descriptor::{LabelDescriptor, LabelRef, LabelSet, MetricDescriptor, ValueType},
    instruments::{InstrumentStats, ObservableCounter, ObservableGauge, RegisteredInstrument},
    registry::{MetricSet, RegisteredSet, instruments, lost, shipped_in},
    storage::{DeclaredValues, ObservationSink, ObservedId},
};

/// The series of the recording core, and the samples that it did not record as asked, by metric.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "crate")]
struct SelfMetrics {
    /// Series that a metric with labels keeps, whether or not they have a value now.
    #[metric(name = "osapi_metrics_series", unit = "{series}")]
    series: ObservableGauge<MetricLabels>,

    /// Samples that were not recorded: NaN, infinite, negative for a counter, or a duration where
    /// the unit is none of time.
    #[metric(name = "osapi_metrics_dropped_samples_total", unit = "{sample}")]
    dropped: ObservableCounter<MetricLabels>,

    /// Uses of an overflow series because a label had reached its declared limit.
    #[metric(name = "osapi_metrics_overflowed_samples_total", unit = "{sample}")]
    overflowed: ObservableCounter<MetricLabels>,

    /// Observations that panicked during a collection.
    #[metric(name = "osapi_metrics_callback_panics_total", unit = "{panic}")]
    callback_panics: ObservableCounter<MetricLabels>,

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

/// Makes the metrics of this set, as their first use does.
pub(crate) fn touch() {
    let _ = SelfMetrics::global();
}

/// Begins to observe the instruments, once in a process.
pub(crate) fn observe_instruments() {
    static OBSERVED: LazyLock<()> = LazyLock::new(|| {
        let metrics = SelfMetrics::global();
        declare_names();
        metrics.lost_registrations.observe(lost::count).keep();
        report(&metrics.dropped, can_drop, |stats| stats.family.dropped);
        report_full_counters(&metrics.dropped);
        report(&metrics.overflowed, can_overflow, |stats| stats.family.overflowed);
        report(&metrics.callback_panics, |metric| metric.observable, |stats| stats.callback_panics);
        // A metric without labels has one series, and a line for each of them would be a third of a
        // small scrape.
        let has_labels = |metric: &MetricDescriptor| !metric.labels.is_empty();
        let labelled = each(has_labels, |labels| metrics.series.with(labels).id());
        let observe = move |sink: &mut ObservationSink<f64>| {
            for reported in labelled.iter().filter(|reported| reported.is_in_use()) {
                let series = reported.instrument.stats().family.series;
                sink.observe_series(reported.series, series as f64);
            }
        };
        metrics.series.observe_series(observe).keep();
    });
    LazyLock::force(&OBSERVED);
}

/// Declares the names of all metrics as values of the label, so that no program has too many.
fn declare_names() {
    let mut names = DeclaredValues::default();
    for label in MetricLabels::LABELS {
        for instrument in instruments() {
            names.insert(label.key, LabelRef::Str(instrument.descriptor().name));
        }
    }
    let own = instruments().filter(|instrument| is_own(instrument.descriptor()));
    own.for_each(|instrument| instrument.declare(&names));
}

fn is_own(metric: &MetricDescriptor) -> bool {
    SelfMetrics::DESCRIPTORS.iter().any(|own| own.name == metric.name)
}

/// Reports a count of every metric for which the event can happen, also while it is 0: a series
/// that begins with its first event has no rate at that event.
fn report(
    to: &ObservableCounter<MetricLabels>,
    can_happen: impl Fn(&MetricDescriptor) -> bool,
    count: impl Fn(InstrumentStats) -> u64 + Send + Sync + 'static,
) {
    let counted =
        each(|metric| !is_own(metric) && can_happen(metric), |labels| to.with(labels).id());
    let observe = move |sink: &mut ObservationSink<u64>| {
        for reported in counted.iter().filter(|reported| reported.is_in_use()) {
            sink.observe_series(reported.series, count(reported.instrument.stats()));
        }
    };
    to.observe_series(observe).keep();
}

/// Reports what counters of integers drop, from the first drop on: only a sum beyond the largest
/// number is dropped, and a line for each counter would be a great part of a small scrape.
fn report_full_counters(to: &ObservableCounter<MetricLabels>) {
    let is_counted = |metric: &MetricDescriptor| {
        metric.kind == InstrumentKind::Counter && !can_drop(metric) && !is_own(metric)
    };
    let counters: Vec<_> =
        instruments().filter(|instrument| is_counted(instrument.descriptor())).collect();
    let observe = move |sink: &mut ObservationSink<u64>| {
        for counter in &counters {
            let dropped = counter.stats().family.dropped;
            if dropped > 0 {
                let labels = MetricLabels { metric: counter.descriptor().name };
                sink.observe(None, &labels, dropped);
            }
        }
    };
    to.observe_series(observe).keep();
}

/// An instrument, with the series that reports it.
struct Reported {
    instrument: &'static dyn RegisteredInstrument,
    /// The set that comes with the framework or with an instrumentation.
    shipped_in: Option<&'static dyn RegisteredSet>,
    series: ObservedId,
}

impl Reported {
    /// Whether the instrument is exported.
    fn is_in_use(&self) -> bool {
        self.shipped_in.is_none_or(RegisteredSet::is_used)
    }
}

/// Some of the instruments. Looked up once, because there are many instruments, and none is added
/// later.
fn each(
    is_reported: impl Fn(&MetricDescriptor) -> bool,
    series: impl Fn(MetricLabels) -> ObservedId,
) -> Vec<Reported> {
    instruments()
        .map(|instrument| (instrument, instrument.descriptor()))
        .filter(|(_, metric)| is_reported(metric))
        .map(|(instrument, metric)| Reported {
            instrument,
            shipped_in: shipped_in(metric),
            series: series(MetricLabels { metric: metric.name }),
        })
        .collect()
}

/// Whether a metric reports its drops from the start. Integers are finite, but a histogram of
/// integers drops a duration if its unit is not a unit of time.
fn can_drop(metric: &MetricDescriptor) -> bool {
    metric.value_type == ValueType::F64 || metric.kind == InstrumentKind::Histogram
}

fn can_overflow(metric: &MetricDescriptor) -> bool {
    metric.labels.iter().any(LabelDescriptor::is_open)
}
