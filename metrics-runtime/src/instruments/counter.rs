use std::{marker::PhantomData, sync::Arc};

use super::{
    Instrument, InstrumentList, InstrumentStats, RegisteredInstrument, debug_by_name, ending_series,
};
use crate::{
    descriptor::{MetricDescriptor, ValueType},
    labels::LabelSet,
    provider::{Attachment, Observe},
    recording::{AllSeries, Number, Place, SumFamily, Value, enabled},
};
use osapi_metrics_rules::InstrumentKind;

/// A sum that only grows: jobs completed, bytes sent.
///
/// `L` are its labels, `V` is `u64` or `f64`. Every series of a closed label set is exported as 0
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
    pub(crate) family: &'static SumFamily,
    closed: &'static [Place],
    types: PhantomData<fn(L, V)>,
}

/// One series of a [`Counter`].
#[derive(Clone, Copy)]
pub struct CounterSeries<V: CounterValue = u64> {
    family: &'static SumFamily,
    place: Place,
    value: PhantomData<fn(V)>,
}

/// The value types of counters: `u64` and `f64`.
#[diagnostic::on_unimplemented(
    message = "counters have `u64` or `f64` values, not `{Self}`",
    label = "neither `u64` nor `f64`",
    note = "a counter only grows; what goes down too is an `UpDownCounter`, of `i64` or `f64`"
)]
pub trait CounterValue: Number {
    /// Creates the SDK's instrument.
    #[doc(hidden)]
    fn observe_counter(
        to: &Attachment<'_>,
        of: &'static MetricDescriptor,
        observe: impl Observe<Self>,
    );
    /// A counter of such values, compiled where the values are known and not in the user's crate.
    #[doc(hidden)]
    fn registered_counter(family: &'static SumFamily) -> &'static dyn RegisteredInstrument;
}

impl<L: LabelSet, V: CounterValue> Counter<L, V> {
    /// The series of these labels.
    #[doc(alias = "with_label_values")]
    #[doc(alias = "labels")]
    #[doc(alias = "get_or_create")]
    #[expect(clippy::needless_pass_by_value, reason = "a label set is written where it is used")]
    #[inline]
    pub fn with(&self, labels: L) -> CounterSeries<V> {
        self.with_like(&labels)
    }

    /// The series of labels that are given as another type with the same labels.
    #[inline]
    pub(crate) fn with_like(&self, labels: &impl LabelSet) -> CounterSeries<V> {
        let place = self.place(labels);
        CounterSeries { family: self.family, place, value: PhantomData }
    }

    /// The series of these labels, also if recording is off.
    #[inline]
    pub(crate) fn find(&self, labels: &L) -> CounterSeries<V> {
        let place = self.family.place(labels);
        CounterSeries { family: self.family, place, value: PhantomData }
    }
}

impl<V: CounterValue> Counter<(), V> {
    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.with(()).inc();
    }

    /// Adds `value`, in the metric's unit. A negative, infinite or NaN value is dropped and counted
    /// in `osapi_metrics_dropped_samples_total`.
    #[doc(alias = "inc_by")]
    #[doc(alias = "increment")]
    #[inline]
    pub fn add(&self, value: V) {
        self.with(()).add(value);
    }
}

impl<V: CounterValue> CounterSeries<V> {
    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.add(V::ONE);
    }

    /// Adds `value`, in the metric's unit. A negative, infinite or NaN value is dropped and counted
    /// in `osapi_metrics_dropped_samples_total`.
    #[doc(alias = "inc_by")]
    #[doc(alias = "increment")]
    #[inline]
    pub fn add(&self, value: V) {
        if !enabled() {
            return;
        }
        let added = value >= V::ZERO && value.is_finite() && SumFamily::add(self.place, value);
        if !added {
            self.family.drop_sample();
        }
    }
}

impl<L: LabelSet + 'static, V: CounterValue> Instrument for Counter<L, V> {
    const KIND: InstrumentKind = InstrumentKind::Counter;
    const OBSERVABLE: bool = false;
    const VALUE_TYPE: ValueType = V::TYPE;
    type Labels = L;

    fn __osapi_new(descriptor: &'static MetricDescriptor, of_set: &mut InstrumentList) -> Self {
        let family = SumFamily::leak(descriptor);
        of_set.push(V::registered_counter(family));
        Self { family, closed: family.closed(), types: PhantomData }
    }
}

impl<V: CounterValue> Counter<(), V> {
    /// As the provider sees it, whatever its labels.
    pub(crate) fn registered(family: &'static SumFamily) -> &'static dyn RegisteredInstrument {
        let closed = family.closed();
        Box::leak(Box::new(Self { family, closed, types: PhantomData }))
    }
}

impl<V: CounterValue> RegisteredInstrument for Counter<(), V> {
    fn descriptor(&self) -> &'static MetricDescriptor {
        self.family.descriptor
    }

    fn attach(&self, to: &Attachment<'_>) {
        let family = self.family;
        V::observe_counter(to, family.descriptor, move |observe| {
            let mut values = Vec::new();
            family.read(&mut values, |value: V| value).each(values, observe);
        });
    }

    fn read(&self, values: &mut Vec<Option<Value>>) -> Option<AllSeries> {
        Some(Arc::clone(&self.family.read(values, V::to_value).labels))
    }

    fn was_recorded(&self) -> bool {
        self.family.was_recorded()
    }

    fn stats(&self) -> InstrumentStats {
        self.family.stats().into()
    }
}

ending_series! { Counter: CounterValue }

debug_by_name! {
    Counter<L, V>: CounterValue;
    CounterSeries<V>: CounterValue;
}
