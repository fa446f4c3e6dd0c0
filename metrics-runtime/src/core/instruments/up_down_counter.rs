use std::marker::PhantomData;

use osapi_metrics_rules::InstrumentKind;

use super::{
    instrument::{Instrument, Shape},
    instrument_list::InstrumentList,
    instrument_series::SumInstrument,
    shared::{debug_by_name, enabled_instrument, ending_series},
    values::UpDownCounterValue,
};
use crate::core::{
    descriptor::LabelSet,
    storage::{ExemplarLabelsId, SlotRef, SumFamily},
    sync::enabled,
};

/// A sum that grows and shrinks: items queued, connections open.
///
/// `L` is the label set, `V` is `i64` or `f64`. Any number of threads can add to one series,
/// whereas they overwrite each other's values of a gauge.
///
/// ```
/// # use osapi_metrics::{MetricSet, UpDownCounter};
/// # /// Connections.
/// # #[derive(MetricSet)] struct Connections {
/// #     /// Connections now open.
/// #     connections_open: UpDownCounter,
/// # }
/// let open = Connections::global().connections_open.guard();
/// // … the connection counts until `open` is dropped
/// # drop(open);
/// ```
pub struct UpDownCounter<L = (), V: UpDownCounterValue = i64> {
    series: SumInstrument<V>,
    labels: PhantomData<fn() -> L>,
}

/// One series of an [`UpDownCounter`]: a `Copy` handle, made by [`UpDownCounter::with`].
#[derive(Clone, Copy)]
pub struct UpDownCounterSeries<V: UpDownCounterValue = i64> {
    pub(super) family: &'static SumFamily<V>,
    pub(super) slot: SlotRef,
}

impl<L: LabelSet, V: UpDownCounterValue> UpDownCounter<L, V> {
    /// The series of these labels.
    #[doc(alias = "with_label_values")]
    #[doc(alias = "labels")]
    #[doc(alias = "get_or_create")]
    #[inline]
    pub fn with(&self, labels: L) -> UpDownCounterSeries<V> {
        let slot = self.series.slot(&labels);
        UpDownCounterSeries { family: self.series.family, slot }
    }

    /// The series of these labels if it exists, for code that reads. Unlike [`with`](Self::with),
    /// it does not begin a series, is not a use of a value of a `recent` label, and also finds a
    /// series while recording is off. `None` for labels beyond a limit, which have no series of
    /// their own.
    pub fn find(&self, labels: L) -> Option<UpDownCounterSeries<V>> {
        let slot = self.series.existing_slot(&labels)?;
        Some(UpDownCounterSeries { family: self.series.family, slot })
    }

    /// The series of these labels, also if recording is off.
    #[inline]
    pub(crate) fn with_always(&self, labels: &L) -> UpDownCounterSeries<V> {
        let slot = self.series.slot_always(labels);
        UpDownCounterSeries { family: self.series.family, slot }
    }
}

impl<V: UpDownCounterValue> UpDownCounter<(), V> {
    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.with(()).inc();
    }

    /// Subtracts one.
    #[inline]
    pub fn dec(&self) {
        self.with(()).dec();
    }

    /// Adds `value`, which may be negative, in the metric's unit. An infinite or NaN value is
    /// dropped and counted in `osapi_metrics_dropped_samples_total`.
    #[doc(alias = "inc_by")]
    #[doc(alias = "increment")]
    #[inline]
    pub fn add(&self, value: V) {
        self.with(()).add(value);
    }

    /// Adds one until the guard is dropped.
    #[inline]
    pub fn guard(&self) -> UpDownGuard<V> {
        self.with(()).guard()
    }

    /// The sum of all additions until now, as [`UpDownCounterSeries::get`] reads it.
    #[doc(alias = "value")]
    pub fn get(&self) -> V {
        self.with(()).get()
    }
}

impl<V: UpDownCounterValue> UpDownCounterSeries<V> {
    /// Whether the handle stands for later look-ups with the same labels, until the series ends.
    pub(super) fn can_be_kept(&self) -> bool {
        self.family.can_be_kept(self.slot)
    }

    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.add(V::ONE);
    }

    /// Subtracts one.
    #[inline]
    pub fn dec(&self) {
        self.add(V::MINUS_ONE);
    }

    /// Adds `value`, which may be negative, in the metric's unit. An infinite or NaN value is
    /// dropped and counted in `osapi_metrics_dropped_samples_total`.
    #[doc(alias = "inc_by")]
    #[doc(alias = "increment")]
    #[inline]
    pub fn add(&self, value: V) {
        if !enabled() {
            return;
        }
        if value.is_finite() {
            self.add_always(value);
        } else {
            self.family.drop_sample();
        }
    }

    /// The sum of all additions to the series until now, in the metric's unit.
    ///
    /// 0 if the series has ended, or if the handle was taken while recording was off and a label is
    /// open.
    ///
    /// The cells of the threads are read one after the other. If one thread adds and another
    /// subtracts during the read, the read can show the second change without the first: a sum that
    /// the series never had, such as -1 connections. The next read is right again. The
    /// [module](crate::instruments#read-a-value) says what reading costs.
    #[doc(alias = "value")]
    pub fn get(&self) -> V {
        SumFamily::sum(self.slot)
    }

    /// Adds a finite value even if recording is off: a value that was added while it was on has to
    /// be subtracted later.
    #[inline]
    pub(crate) fn add_always(&self, value: V) {
        if !SumFamily::add(self.slot, value, || ExemplarLabelsId::NONE) {
            self.family.drop_sample();
        }
    }

    /// Adds one until the guard is dropped.
    #[inline]
    pub fn guard(&self) -> UpDownGuard<V> {
        let entered = enabled().then_some(*self);
        if let Some(series) = entered {
            series.add_always(V::ONE);
        }
        UpDownGuard { entered }
    }
}

/// Subtracts one when it is dropped. Made by [`UpDownCounter::guard`], which adds one.
#[derive(Debug)]
#[must_use = "the guard takes its one back as soon as it is dropped"]
pub struct UpDownGuard<V: UpDownCounterValue = i64> {
    /// The series, if recording was on when the guard was made. The end subtracts in any case: the
    /// sum must return to its former value.
    entered: Option<UpDownCounterSeries<V>>,
}

impl<V: UpDownCounterValue> Drop for UpDownGuard<V> {
    fn drop(&mut self) {
        if let Some(series) = self.entered {
            series.add_always(V::MINUS_ONE);
        }
    }
}

impl<L: LabelSet + 'static, V: UpDownCounterValue> Instrument for UpDownCounter<L, V> {
    const SHAPE: Shape = Shape::of::<L>(InstrumentKind::UpDownCounter, V::TYPE);

    fn __osapi_new(of_set: &mut InstrumentList) -> Self {
        Self { series: V::series(of_set), labels: PhantomData }
    }
}

enabled_instrument! { UpDownCounter: UpDownCounterValue }

ending_series! { UpDownCounter: UpDownCounterValue }

debug_by_name! {
    UpDownCounter<L, V>: UpDownCounterValue, series.family;
    UpDownCounterSeries<V>: UpDownCounterValue, family;
}
