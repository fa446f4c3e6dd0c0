use std::marker::PhantomData;

use osapi_metrics_rules::InstrumentKind;

use super::{
    instrument::{Instrument, Shape},
    instrument_list::InstrumentList,
    instrument_series::LastValueInstrument,
    shared::{debug_by_name, enabled_instrument, ending_series},
    values::GaugeValue,
};
use crate::core::{
    descriptor::LabelSet,
    storage::{LastValueFamily, SlotRef},
    sync::enabled,
};

/// The last value of a measurement: a temperature, a fill level.
///
/// `L` is the label set, `V` is `f64`, `i64` or `u64`. A series is absent from exports until it is
/// first set, and again after [`clear`](GaugeSeries::clear): an absent value is not 0.
///
/// ```
/// # use osapi_metrics::{Gauge, MetricSet};
/// # /// Queue.
/// # #[derive(MetricSet)] struct Queue {
/// #     /// Fill level of the queue, 0 to 1.
/// #     #[metric(unit = "1")]
/// #     fill_ratio: Gauge,
/// # }
/// Queue::global().fill_ratio.set(0.4);
/// ```
pub struct Gauge<L = (), V: GaugeValue = f64> {
    series: LastValueInstrument<V>,
    labels: PhantomData<fn() -> L>,
}

/// One series of a [`Gauge`]: a `Copy` handle, made by [`Gauge::with`].
#[derive(Clone, Copy)]
pub struct GaugeSeries<V: GaugeValue = f64> {
    pub(super) family: &'static LastValueFamily<V>,
    pub(super) slot: SlotRef,
}

impl<L: LabelSet, V: GaugeValue> Gauge<L, V> {
    /// The series of these labels.
    #[doc(alias = "with_label_values")]
    #[doc(alias = "labels")]
    #[doc(alias = "get_or_create")]
    #[inline]
    pub fn with(&self, labels: L) -> GaugeSeries<V> {
        let slot = self.series.slot(&labels);
        GaugeSeries { family: self.series.family, slot }
    }

    /// The series of these labels if it exists, for code that reads. Unlike [`with`](Self::with),
    /// it does not begin a series, is not a use of a value of a `recent` label, and also finds a
    /// series while recording is off. `None` for labels beyond a limit, which have no series of
    /// their own.
    pub fn find(&self, labels: L) -> Option<GaugeSeries<V>> {
        let slot = self.series.existing_slot(&labels)?;
        Some(GaugeSeries { family: self.series.family, slot })
    }

    /// The series of these labels, also if recording is off.
    pub(crate) fn with_always(&self, labels: &L) -> GaugeSeries<V> {
        let slot = self.series.slot_always(labels);
        GaugeSeries { family: self.series.family, slot }
    }
}

impl<V: GaugeValue> Gauge<(), V> {
    /// Sets the value, in the metric's unit. An infinite or NaN value is dropped and counted in
    /// `osapi_metrics_dropped_samples_total`.
    #[doc(alias = "record")]
    #[doc(alias = "observe")]
    #[inline]
    pub fn set(&self, value: V) {
        self.with(()).set(value);
    }

    /// Makes the series absent until it is set again.
    #[inline]
    pub fn clear(&self) {
        self.with(()).clear();
    }

    /// The value that was set last, as [`GaugeSeries::get`] reads it.
    #[doc(alias = "value")]
    #[inline]
    pub fn get(&self) -> Option<V> {
        self.with(()).get()
    }
}

impl<V: GaugeValue> GaugeSeries<V> {
    /// Whether the handle stands for later look-ups with the same labels, until the series ends.
    pub(super) fn can_be_kept(&self) -> bool {
        self.family.can_be_kept(self.slot)
    }

    /// Sets the value, in the metric's unit. An infinite or NaN value is dropped and counted in
    /// `osapi_metrics_dropped_samples_total`.
    #[doc(alias = "record")]
    #[doc(alias = "observe")]
    #[inline]
    pub fn set(&self, value: V) {
        if !enabled() {
            return;
        }
        if value.is_finite() {
            self.family.set(self.slot, value);
        } else {
            self.family.drop_sample();
        }
    }

    /// Makes the series absent until it is set again.
    #[inline]
    pub fn clear(&self) {
        self.family.clear(self.slot);
    }

    /// The value that was set last, in the metric's unit.
    ///
    /// `None` if the series was never set, was cleared, or has ended, or if the handle was taken
    /// while recording was off and a label is open. A read is three loads of atomics that all
    /// threads share.
    #[doc(alias = "value")]
    #[inline]
    pub fn get(&self) -> Option<V> {
        LastValueFamily::value(self.slot)
    }
}

impl GaugeSeries {
    /// Sets a value that never changes.
    pub(crate) fn set_once(&self, value: f64) {
        if self.slot.value() != Some(value.to_bits()) {
            self.set(value);
        }
    }

    /// Sets a point in time, in seconds, with a resolution of a millisecond. Does nothing if the
    /// series has a time less than a millisecond away, so that threads that set it all the time do
    /// not contend.
    #[inline]
    pub(crate) fn set_time(&self, seconds: f64) {
        let set = self.slot.value().map(f64::from_bits);
        if set.is_none_or(|set| (seconds - set).abs() >= 0.001) {
            self.set((seconds * 1e3).floor() / 1e3);
        }
    }
}

impl<L: LabelSet + 'static, V: GaugeValue> Instrument for Gauge<L, V> {
    const SHAPE: Shape = Shape::of::<L>(InstrumentKind::Gauge, V::TYPE);

    fn __osapi_new(of_set: &mut InstrumentList) -> Self {
        Self { series: V::series(of_set), labels: PhantomData }
    }
}

enabled_instrument! { Gauge: GaugeValue }

ending_series! { Gauge: GaugeValue }

debug_by_name! {
    Gauge<L, V>: GaugeValue, series.family;
    GaugeSeries<V>: GaugeValue, family;
}
