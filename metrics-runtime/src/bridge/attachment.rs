use std::{
    cell::OnceCell,
    collections::HashMap,
    sync::{Arc, Mutex},
};

use opentelemetry::{
    InstrumentationScope, KeyValue,
    metrics::{AsyncInstrument, BoundHistogram, Histogram, HistogramBuilder, Meter, MeterProvider},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use osapi_metrics_rules::InstrumentKind;

use super::{
    attributes::{AttributeCache, sdk_attributes},
    thread_flag::{COLLECTING, PULLING},
};
use crate::core::{
    descriptor::{MetricDescriptor, ValueType},
    instruments::{RegisteredHistogram, RegisteredInstrument},
    snapshot::{Exemplars, Values},
    storage::{BoundSink, HistogramSink, Number, SampleValue, SeriesLabels, SinkId, Value},
    sync::lock,
};

/// The provider of one runtime, for the attachment of one instrument.
#[derive(Debug)]
pub(super) struct Attachment<'a> {
    /// The runtime that a histogram is detached from later.
    pub(super) id: SinkId,
    /// Whether there are readers of the user, which may ask for the difference to the last
    /// collection.
    pub(super) has_readers: bool,
    /// Whether snapshots read the instrument without the SDK, so that the SDK does not observe it
    /// for them.
    pub(super) is_direct: bool,
    /// The meter of the crate that declares the instrument.
    pub(super) meter: &'a Meter,
    /// Boundaries from the configuration that replace the declared ones.
    pub(super) buckets: Option<&'a [f64]>,
}

/// Ends the part of [`Attachment::attach`] that does not end with the provider.
pub(super) fn detach(instrument: &'static dyn RegisteredInstrument, id: SinkId) {
    match instrument.histogram() {
        Some(RegisteredHistogram::F64(family)) => family.detach(id),
        Some(RegisteredHistogram::U64(family)) => family.detach(id),
        None => {}
    }
}

/// Creates an observable instrument of the SDK that reads a core instrument.
macro_rules! observe {
    ($to:ident, $instrument:ident, $builder:ident) => {{
        let of = $instrument.descriptor();
        let observed = Mutex::new(Observed::new($instrument, $to.has_readers));
        let is_direct = $to.is_direct;
        let builder = $to.meter.$builder(of.name).with_description(of.help);
        let builder = builder.with_unit(of.unit.unwrap_or_default()).with_callback(move |sdk| {
            if is_direct && PULLING.is_set() {
                return;
            }
            let _collecting = COLLECTING.set();
            // The SDK stores an observed value for every reader, whichever reader collects. When
            // two readers collect at once, the older sum must not overwrite the newer one.
            lock(&observed).observe(sdk);
        });
        let _ = builder.build();
    }};
}

impl Attachment<'_> {
    /// Creates the SDK's instrument and passes the values of the core instrument to it.
    pub(super) fn attach(&self, instrument: &'static dyn RegisteredInstrument) {
        let of = instrument.descriptor();
        match (of.kind, of.value_type) {
            (InstrumentKind::Histogram, _) => self.attach_histogram(instrument),
            (InstrumentKind::Counter, ValueType::U64) => {
                observe!(self, instrument, u64_observable_counter);
            }
            (InstrumentKind::Counter, _) => {
                observe!(self, instrument, f64_observable_counter);
            }
            (
                InstrumentKind::UpDownCounter | InstrumentKind::Info | InstrumentKind::StateSet,
                ValueType::I64,
            ) => {
                observe!(self, instrument, i64_observable_up_down_counter);
            }
            (
                InstrumentKind::UpDownCounter | InstrumentKind::Info | InstrumentKind::StateSet,
                _,
            ) => {
                observe!(self, instrument, f64_observable_up_down_counter);
            }
            (InstrumentKind::Gauge, ValueType::U64) => {
                observe!(self, instrument, u64_observable_gauge);
            }
            (InstrumentKind::Gauge, ValueType::I64) => {
                observe!(self, instrument, i64_observable_gauge);
            }
            (InstrumentKind::Gauge, ValueType::F64) => {
                observe!(self, instrument, f64_observable_gauge);
            }
        }
    }

    fn attach_histogram(&self, instrument: &'static dyn RegisteredInstrument) {
        let (id, of) = (self.id, instrument.descriptor());
        match instrument.histogram() {
            Some(RegisteredHistogram::F64(family)) => {
                let histogram = self.bucketed(self.meter.f64_histogram(of.name), of).build();
                family.attach(HistogramSink {
                    id,
                    bind: Box::new(move |labels| bind(&histogram, labels, of)),
                });
            }
            Some(RegisteredHistogram::U64(family)) => {
                let histogram = self.bucketed(self.meter.u64_histogram(of.name), of).build();
                family.attach(HistogramSink {
                    id,
                    bind: Box::new(move |labels| bind(&histogram, labels, of)),
                });
            }
            None => {}
        }
    }

    fn bucketed<'b, I>(
        &self,
        builder: HistogramBuilder<'b, I>,
        of: &'static MetricDescriptor,
    ) -> HistogramBuilder<'b, I> {
        builder
            .with_description(of.help)
            .with_unit(of.unit.unwrap_or_default())
            .with_boundaries(self.buckets.unwrap_or(of.buckets).to_vec())
    }
}

/// Creates the SDK's instrument without passing values to it.
pub(super) fn create_unattached(sdk: &SdkMeterProvider, of: &MetricDescriptor) {
    let meter = &sdk.meter_with_scope(scope(of));
    macro_rules! create {
        ($builder:ident) => {{
            let builder = meter.$builder(of.name).with_description(of.help);
            let _ = builder.with_unit(of.unit.unwrap_or_default()).build();
        }};
    }
    match (of.kind, of.value_type) {
        (InstrumentKind::Histogram, ValueType::U64) => create!(u64_histogram),
        (InstrumentKind::Histogram, _) => create!(f64_histogram),
        (InstrumentKind::Counter, ValueType::U64) => create!(u64_observable_counter),
        (InstrumentKind::Counter, _) => create!(f64_observable_counter),
        (
            InstrumentKind::UpDownCounter | InstrumentKind::Info | InstrumentKind::StateSet,
            ValueType::I64,
        ) => {
            create!(i64_observable_up_down_counter);
        }
        (InstrumentKind::UpDownCounter | InstrumentKind::Info | InstrumentKind::StateSet, _) => {
            create!(f64_observable_up_down_counter);
        }
        (InstrumentKind::Gauge, ValueType::U64) => create!(u64_observable_gauge),
        (InstrumentKind::Gauge, ValueType::I64) => create!(i64_observable_gauge),
        (InstrumentKind::Gauge, ValueType::F64) => create!(f64_observable_gauge),
    }
}

/// The scope of an instrument: the crate that declares it.
pub(super) fn scope(of: &MetricDescriptor) -> InstrumentationScope {
    InstrumentationScope::builder(of.origin.package).with_version(of.origin.version).build()
}

/// A histogram of the SDK as a sink for the samples of one series. The SDK's series is made with
/// the first sample: it would export a series without samples.
fn bind<V: SampleValue>(
    histogram: &Histogram<V>,
    labels: &SeriesLabels,
    of: &MetricDescriptor,
) -> BoundSink<V> {
    let attributes = sdk_attributes(labels, of.constant_labels);
    let histogram = histogram.clone();
    let bound: OnceCell<BoundHistogram<V>> = OnceCell::new();
    Box::new(move |value| bound.get_or_init(|| histogram.bind(&attributes)).record(value))
}

/// A core instrument as the SDK observes it.
struct Observed<V> {
    instrument: &'static dyn RegisteredInstrument,
    values: Values,
    attributes: AttributeCache,
    seen: Seen<V>,
}

impl<V: SdkNumber> Observed<V> {
    fn new(instrument: &'static dyn RegisteredInstrument, subtracted: bool) -> Self {
        let seen = Seen::new(subtracted, instrument.descriptor());
        Self { instrument, values: Values::default(), attributes: AttributeCache::default(), seen }
    }

    /// Passes the value of every series that has a value to the SDK.
    fn observe(&mut self, sdk: &dyn AsyncInstrument<V>) {
        let Self { instrument, values, attributes, seen } = self;
        // The SDK has no exemplars.
        let series = instrument.read(values, &mut Exemplars::default());
        if let Values::Numbers(values) = values {
            let attributes = attributes.of(instrument.descriptor(), &series);
            for ((value, labels), attributes) in values.iter().zip(&*series).zip(attributes) {
                if let Some(value) = value.and_then(V::of) {
                    sdk.observe(seen.not_before(value, labels, attributes), attributes);
                }
            }
        }
        seen.forget_others();
    }
}

/// A number type of the SDK.
trait SdkNumber: Number {
    fn of(value: Value) -> Option<Self>;
}

macro_rules! sdk_numbers {
    ($($number:ty: $variant:ident)*) => {$(
        impl SdkNumber for $number {
            fn of(value: Value) -> Option<Self> {
                if let Value::$variant(number) = value { Some(number) } else { None }
            }
        }
    )*};
}
sdk_numbers! { u64: U64 i64: I64 f64: F64 }

/// The last values that a monotonic instrument passed to the SDK, where a reader of the user may
/// ask for differences. The SDK subtracts the last value with the same attributes, and cannot
/// represent a sum that went back.
#[derive(Debug)]
struct Seen<V> {
    of: &'static MetricDescriptor,
    /// By the attributes. Absent where no reader subtracts.
    last: Option<HashMap<Box<[KeyValue]>, Last<V>>>,
    collection: u64,
    warned: bool,
}

#[derive(Debug)]
struct Last<V> {
    series: Arc<SeriesLabels>,
    value: V,
    /// The sum of earlier series with the same attributes, which the SDK takes for this one.
    before: V,
    collection: u64,
}

impl<V: SdkNumber> Seen<V> {
    fn new(subtracted: bool, of: &'static MetricDescriptor) -> Self {
        let watched = subtracted && of.kind == InstrumentKind::Counter;
        Self { of, last: watched.then(HashMap::new), collection: 0, warned: false }
    }

    /// The value, or the last value if the last value was higher. The value cannot be left out
    /// instead, because the SDK would then subtract nothing in the next collection.
    ///
    /// A series that takes the place of one that has ended since the last collection goes on from
    /// its sum: to the SDK both are one.
    fn not_before(&mut self, value: V, labels: &Arc<SeriesLabels>, attributes: &[KeyValue]) -> V {
        let Some(seen) = &mut self.last else { return value };
        let collection = self.collection;
        let Some(last) = seen.get_mut(attributes) else {
            let last = Last { series: Arc::clone(labels), value, before: V::ZERO, collection };
            seen.insert(attributes.into(), last);
            return value;
        };
        last.collection = collection;
        if !Arc::ptr_eq(&last.series, labels) {
            last.series = Arc::clone(labels);
            last.before = last.value;
        }
        let value = last.before.saturating_plus(value);
        if value >= last.value {
            last.value = value;
        } else if !self.warned {
            self.warned = true;
            tracing::warn!(
                metric = self.of.name,
                declared_at = %self.of.declaration(),
                "an observable counter went back; it stays where it was until it has caught up"
            );
        }
        last.value
    }

    /// Ends a collection. A series that was not in it has ended, and begins at zero if it comes
    /// back.
    fn forget_others(&mut self) {
        if let Some(seen) = &mut self.last {
            seen.retain(|_, last| last.collection == self.collection);
            self.collection += 1;
        }
    }
}
