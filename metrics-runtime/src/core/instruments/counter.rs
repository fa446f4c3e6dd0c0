use std::{fmt, marker::PhantomData};

use osapi_metrics_rules::InstrumentKind;

use super::{
    instrument::{Instrument, Shape},
    instrument_list::InstrumentList,
    instrument_series::SumInstrument,
    shared::{debug_by_name, enabled_instrument, ending_series},
    values::CounterValue,
};
use crate::core::{
    descriptor::LabelSet,
    storage::{ExemplarLabelsId, SlotRef, SumFamily, SumFamilyNumber},
    sync::enabled,
};

/// A sum that only grows: jobs completed, bytes sent.
///
/// `L` is the label set, `V` is `u64` or `f64`. Every series of a closed label set is exported as 0
/// from the start, so that a rate has a first point.
///
/// ```
/// # use osapi_metrics::{Counter, LabelSet, LabelValue, MetricSet};
/// # #[derive(Clone, Copy, LabelValue, LabelSet)] enum Direction { In, Out }
/// # /// Traffic.
/// # #[derive(MetricSet)] struct Traffic {
/// #     /// Bytes moved.
/// #     #[metric(name = "osapi_moved_bytes_total", unit = "By")]
/// #     moved: Counter<Direction>,
/// #     /// Connections accepted.
/// #     connections_total: Counter,
/// # }
/// let traffic = Traffic::global();
/// traffic.connections_total.inc();
/// traffic.moved.with(Direction::In).add(1500);
/// ```
pub struct Counter<L = (), V: CounterValue = u64> {
    series: SumInstrument<V>,
    labels: PhantomData<fn() -> L>,
}

/// One series of a [`Counter`]: a `Copy` handle, made by [`Counter::with`].
#[derive(Clone, Copy)]
pub struct CounterSeries<V: CounterValue = u64> {
    pub(super) slot: SlotRef,
    pub(super) family: SumFamilyNumber<V>,
    /// The labels of an exemplar that the look-up has kept.
    pub(super) labels: ExemplarLabelsId,
}

impl<L: LabelSet, V: CounterValue> Counter<L, V> {
    /// The series of these labels.
    #[doc(alias = "with_label_values")]
    #[doc(alias = "labels")]
    #[doc(alias = "get_or_create")]
    #[inline]
    pub fn with(&self, labels: L) -> CounterSeries<V> {
        self.with_like(&labels)
    }

    /// The series of a label set of another type that has the same labels.
    #[inline]
    pub(crate) fn with_like(&self, labels: &impl LabelSet) -> CounterSeries<V> {
        self.series_with(labels, self.series.slot(labels))
    }

    /// The series of these labels if it exists, for code that reads. Unlike [`with`](Self::with),
    /// it does not begin a series, is not a use of a value of a `recent` label, and also finds a
    /// series while recording is off. `None` for labels beyond a limit, which have no series of
    /// their own.
    pub fn find(&self, labels: L) -> Option<CounterSeries<V>> {
        let slot = self.series.existing_slot(&labels)?;
        let family = self.series.family.number();
        Some(CounterSeries { slot, family, labels: ExemplarLabelsId::NONE })
    }

    /// The series of these labels, also if recording is off.
    #[inline]
    pub(crate) fn with_always(&self, labels: &L) -> CounterSeries<V> {
        self.series_with(labels, self.series.slot_always(labels))
    }

    #[inline]
    fn series_with(&self, labels: &impl LabelSet, slot: SlotRef) -> CounterSeries<V> {
        let labels = ExemplarLabelsId::of(labels, || SumFamily::<V>::is_gate_open(slot));
        CounterSeries { slot, family: self.series.family.number(), labels }
    }
}

impl<V: CounterValue> Counter<(), V> {
    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.with(()).inc();
    }

    /// Adds `value`, in the metric's unit. A negative, infinite or NaN value is dropped and counted
    /// in `osapi_metrics_dropped_samples_total`, and so is a value with which the sum would be
    /// infinite or beyond `u64::MAX`: a counter never goes back.
    #[doc(alias = "inc_by")]
    #[doc(alias = "increment")]
    #[inline]
    pub fn add(&self, value: V) {
        self.with(()).add(value);
    }

    /// The sum of all additions until now, as [`CounterSeries::get`] reads it.
    #[doc(alias = "value")]
    pub fn get(&self) -> V {
        self.with(()).get()
    }
}

impl<V: CounterValue> CounterSeries<V> {
    /// Whether the handle stands for later look-ups with the same labels, until the series ends.
    /// One with labels of an exemplar stands for its own.
    pub(super) fn can_be_kept(&self) -> bool {
        let family = self.family.family();
        self.labels.is_none() && family.is_some_and(|family| family.can_be_kept(self.slot))
    }

    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.add(V::ONE);
    }

    /// Adds `value`, in the metric's unit. A negative, infinite or NaN value is dropped and counted
    /// in `osapi_metrics_dropped_samples_total`, and so is a value with which the sum would be
    /// infinite or beyond `u64::MAX`: a counter never goes back.
    #[doc(alias = "inc_by")]
    #[doc(alias = "increment")]
    #[inline]
    pub fn add(&self, value: V) {
        if !enabled() {
            return;
        }
        let added = value >= V::ZERO
            && value.is_finite()
            && SumFamily::add(self.slot, value, || self.labels);
        if !added {
            self.family.drop_sample();
        }
    }

    /// The sum of all additions to the series until now, in the metric's unit.
    ///
    /// 0 if the series has ended, or if the handle was taken while recording was off and a label is
    /// open. A later read never shows less, unless the series has ended between the two.
    ///
    /// The [module](crate::instruments#read-a-value) says what reading costs, and what a read
    /// beside other threads shows.
    #[doc(alias = "value")]
    pub fn get(&self) -> V {
        SumFamily::sum(self.slot)
    }

    /// Adds one. The caller has asked whether recording is on.
    #[inline]
    pub(crate) fn inc_always(&self) {
        if !SumFamily::add(self.slot, V::ONE, || self.labels) {
            self.family.drop_sample();
        }
    }
}

impl<L: LabelSet + 'static, V: CounterValue> Instrument for Counter<L, V> {
    const SHAPE: Shape = Shape::of::<L>(InstrumentKind::Counter, V::TYPE);

    fn __osapi_new(of_set: &mut InstrumentList) -> Self {
        Self { series: V::series(of_set), labels: PhantomData }
    }
}

enabled_instrument! { Counter: CounterValue }

ending_series! { Counter: CounterValue }

debug_by_name! {
    Counter<L, V>: CounterValue, series.family;
}

impl<V: CounterValue> fmt::Debug for CounterSeries<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.family.family().map(|family| family.descriptor.name);
        f.debug_tuple("CounterSeries").field(&name.unwrap_or_default()).finish()
    }
}
