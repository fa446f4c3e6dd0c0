use std::{marker::PhantomData, time::Duration};

use osapi_metrics_rules::InstrumentKind;

use super::{
    instrument::Instrument,
    registered::InstrumentList,
    shared::{debug_by_name, enabled_instrument, ending_series},
    values::HistogramValue,
};
use crate::core::{
    descriptor::{LabelSet, MetricDescriptor, ValueType},
    storage::{HistogramFamily, HistogramRef},
    sync::enabled,
};

/// The distribution of recorded values: durations, sizes.
///
/// `L` is the label set, `V` is `f64` or `u64`. A series is exported from its first value on. A
/// histogram of durations (unit `s`, `ms`, `us` or `ns`) also takes a [`Duration`].
///
/// ```
/// # use osapi_metrics::{Histogram, MetricSet};
/// # use std::time::Duration;
/// # /// Requests.
/// # #[derive(MetricSet)] struct Requests {
/// #     /// Time to answer.
/// #     #[metric(unit = "s", buckets = [0.1, 0.5, 1, 5])]
/// #     response_seconds: Histogram,
/// # }
/// let seconds = &Requests::global().response_seconds;
/// seconds.record(0.25);
/// seconds.record_duration(Duration::from_millis(250));
/// let sum = seconds.time(|| 1 + 1);
/// let timer = seconds.start_timer(); // records when dropped
/// # drop(timer);
/// ```
pub struct Histogram<L = (), V: HistogramValue = f64> {
    family: &'static HistogramFamily<V>,
    closed: &'static [HistogramRef<V>],
    labels: PhantomData<fn(L)>,
}

/// One series of a [`Histogram`]: a `Copy` handle, made by [`Histogram::with`].
#[derive(Clone, Copy)]
pub struct HistogramSeries<V: HistogramValue = f64> {
    pub(super) family: &'static HistogramFamily<V>,
    pub(super) slot: HistogramRef<V>,
}

impl<L: LabelSet, V: HistogramValue> Histogram<L, V> {
    /// The series of these labels.
    #[doc(alias = "with_label_values")]
    #[doc(alias = "labels")]
    #[doc(alias = "get_or_create")]
    #[expect(clippy::needless_pass_by_value, reason = "a label set is written where it is used")]
    #[inline]
    pub fn with(&self, labels: L) -> HistogramSeries<V> {
        HistogramSeries { family: self.family, slot: self.slot(&labels) }
    }

    /// The series of these labels, also if recording is off.
    #[inline]
    pub(crate) fn find(&self, labels: &L) -> HistogramSeries<V> {
        HistogramSeries { family: self.family, slot: self.family.slot(labels) }
    }
}

impl<V: HistogramValue> Histogram<(), V> {
    /// Records a value, in the metric's unit. An infinite or NaN value is dropped and counted in
    /// `osapi_metrics_dropped_samples_total`.
    #[doc(alias = "observe")]
    #[inline]
    pub fn record(&self, value: V) {
        self.with(()).record(value);
    }

    /// Records a duration, converted to the metric's unit. If that is not a unit of time, the
    /// sample is dropped and counted in `osapi_metrics_dropped_samples_total`.
    #[inline]
    pub fn record_duration(&self, duration: Duration) {
        self.with(()).record_duration(duration);
    }
}

impl<V: HistogramValue> HistogramSeries<V> {
    /// Counts a value that the type of the values cannot represent.
    pub(crate) fn drop_sample(&self) {
        self.family.drop_sample();
    }

    /// Records a value, in the metric's unit. An infinite or NaN value is dropped and counted in
    /// `osapi_metrics_dropped_samples_total`.
    #[doc(alias = "observe")]
    #[inline]
    pub fn record(&self, value: V) {
        if enabled() {
            self.record_always(value);
        }
    }

    /// Records a value. The caller has asked whether recording is on.
    #[inline]
    pub(crate) fn record_always(&self, value: V) {
        self.family.record(self.slot, value);
    }

    /// Records a duration, converted to the metric's unit. If that is not a unit of time, the
    /// sample is dropped and counted in `osapi_metrics_dropped_samples_total`.
    #[inline]
    pub fn record_duration(&self, duration: Duration) {
        if enabled() {
            self.record_duration_always(duration);
        }
    }

    /// Records a duration. The caller has asked whether recording is on.
    #[inline]
    pub(crate) fn record_duration_always(&self, duration: Duration) {
        self.family.record_duration(self.slot, duration);
    }
}

impl<L: LabelSet + 'static, V: HistogramValue> Instrument for Histogram<L, V> {
    const KIND: InstrumentKind = InstrumentKind::Histogram;
    const OBSERVABLE: bool = false;
    const VALUE_TYPE: ValueType = V::TYPE;
    type Labels = L;

    fn __osapi_new(descriptor: &'static MetricDescriptor, of_set: &mut InstrumentList) -> Self {
        let family = V::family(descriptor, of_set);
        Self { family, closed: family.closed(), labels: PhantomData }
    }
}

enabled_instrument! { Histogram: HistogramValue }

ending_series! { Histogram: HistogramValue, HistogramRef<V> }

debug_by_name! {
    Histogram<L, V>: HistogramValue;
    HistogramSeries<V>: HistogramValue;
}
