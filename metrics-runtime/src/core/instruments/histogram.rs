use std::{marker::PhantomData, time::Duration};

use osapi_metrics_rules::InstrumentKind;

use super::{
    instrument::{Instrument, Shape},
    instrument_list::InstrumentList,
    instrument_series::HistogramInstrument,
    shared::{debug_by_name, enabled_instrument, ending_series},
    values::HistogramValue,
};
use crate::core::{
    descriptor::LabelSet,
    storage::{ExemplarLabelsId, HistogramFamily, HistogramRef, Tally},
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
    series: HistogramInstrument<V>,
    labels: PhantomData<fn() -> L>,
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
    #[inline]
    pub fn with(&self, labels: L) -> HistogramSeries<V> {
        self.series_with(&labels, self.series.slot(&labels))
    }

    /// The series of these labels if it exists, for code that reads. Unlike [`with`](Self::with),
    /// it does not begin a series, is not a use of a value of a `recent` label, and also finds a
    /// series while recording is off. `None` for labels beyond a limit, which have no series of
    /// their own.
    pub fn find(&self, labels: L) -> Option<HistogramSeries<V>> {
        let slot = self.series.existing_slot(&labels)?;
        Some(HistogramSeries { family: self.series.family, slot })
    }

    /// The series of these labels, also if recording is off.
    #[inline]
    pub(crate) fn with_always(&self, labels: &L) -> HistogramSeries<V> {
        self.series_with(labels, self.series.slot_always(labels))
    }

    #[inline]
    fn series_with(&self, labels: &L, slot: HistogramRef<V>) -> HistogramSeries<V> {
        let labels = ExemplarLabelsId::of(labels, || slot.is_gate_open());
        let slot = slot.with_exemplar_labels(labels);
        HistogramSeries { family: self.series.family, slot }
    }

    /// Gives the series of these labels boundaries of its own, unless it has samples.
    pub(crate) fn lay_out(&self, labels: &L, boundaries: &'static [f64]) {
        self.series.family.lay_out(labels, boundaries);
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

    /// The values recorded until now, as [`HistogramSeries::get`] reads them.
    pub fn get(&self) -> HistogramSnapshot<V> {
        self.with(()).get()
    }
}

/// The values of one series of a [`Histogram`] at one moment, read with [`HistogramSeries::get`].
///
/// ```
/// # use osapi_metrics::{Histogram, MetricSet};
/// # /// Uploads.
/// # #[derive(MetricSet)] struct Uploads {
/// #     /// Time to store a file.
/// #     #[metric(unit = "s", buckets = [0.1, 0.5, 1, 5])]
/// #     file_store_seconds: Histogram,
/// # }
/// let seconds = &Uploads::global().file_store_seconds;
/// let before = seconds.get();
/// seconds.record(0.25);
/// seconds.record(0.75);
/// let after = seconds.get();
/// // The mean since `before`.
/// let mean = (after.sum - before.sum) / (after.count - before.count) as f64;
/// assert_eq!(mean, 0.5);
/// assert_eq!(after.max, Some(0.75));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct HistogramSnapshot<V: HistogramValue = f64> {
    /// The number of values.
    pub count: u64,
    /// The sum of exactly these values, in the metric's unit.
    pub sum: V,
    /// The least value, if there are values.
    pub min: Option<V>,
    /// The greatest value, if there are values.
    pub max: Option<V>,
}

impl<V: HistogramValue> HistogramSeries<V> {
    /// Whether the handle stands for later look-ups with the same labels, until the series ends.
    /// One with labels of an exemplar stands for its own.
    pub(super) fn can_be_kept(&self) -> bool {
        self.slot.exemplar_labels().is_none() && self.family.can_be_kept(self.slot)
    }

    /// The values that were recorded in the series until now. None if the series has ended, or if
    /// the handle was taken while recording was off and a label is open.
    ///
    /// Sum, minimum and maximum are always those of the counted values. The
    /// [module](crate::instruments#read-a-value) says what reading costs, and what a read beside
    /// other threads shows.
    pub fn get(&self) -> HistogramSnapshot<V> {
        let Tally { count, sum, extremes, .. } = HistogramFamily::total(self.slot);
        let (min, max) = extremes.map(|extremes| (extremes.min, extremes.max)).unzip();
        HistogramSnapshot { count, sum, min, max }
    }

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
    const SHAPE: Shape = Shape::of::<L>(InstrumentKind::Histogram, V::TYPE);

    fn __osapi_new(of_set: &mut InstrumentList) -> Self {
        Self { series: V::series(of_set), labels: PhantomData }
    }
}

enabled_instrument! { Histogram: HistogramValue }

ending_series! { Histogram: HistogramValue }

debug_by_name! {
    Histogram<L, V>: HistogramValue, series.family;
    HistogramSeries<V>: HistogramValue, family;
}
