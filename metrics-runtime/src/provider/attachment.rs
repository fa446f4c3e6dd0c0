use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use opentelemetry::metrics::{AsyncInstrument, Histogram, HistogramBuilder, Meter};

use osapi_metrics_rules::InstrumentKind;

use super::collecting::{collecting, is_scraping};
use crate::{
    descriptor::MetricDescriptor,
    instruments::{
        Counter, CounterValue, Gauge, GaugeValue, RegisteredInstrument, UpDownCounter,
        UpDownCounterValue,
    },
    recording::{SeriesLabels, SinkId, SumFamily, ValueFamily},
};

/// One runtime's provider, as an instrument sees it that leads its values there.
#[derive(Debug)]
pub struct Attachment<'a> {
    /// Names the runtime, for what has to be taken back later.
    pub(crate) id: SinkId,
    /// Whether a reader may want the difference to the last collection.
    pub(crate) has_other_temporality: bool,
    /// Whether scrapes read the instrument without the SDK, which need not observe it for them.
    /// Decided once the SDK has its instrument.
    pub(crate) is_direct: Arc<AtomicBool>,
    /// The meter of the crate that declares the instrument.
    pub(crate) meter: &'a Meter,
    /// Boundaries from the configuration that replace the declared ones.
    pub(crate) buckets: Option<&'a [f64]>,
}

/// Gives every series' value to the function it is called with, at each collection.
pub trait Observe<V>: Fn(&mut ObserveSeries<'_, V>) + Send + Sync + 'static {}
impl<V, F: Fn(&mut ObserveSeries<'_, V>) + Send + Sync + 'static> Observe<V> for F {}

type ObserveSeries<'a, V> = dyn FnMut(V, &Arc<SeriesLabels>) + 'a;

macro_rules! observe_as {
    ($(
        $value:ident for $number:ty, $observe:ident => $sdk:ident,
        $registered:ident($instrument:ident of $family:ident) $(, $minus_one:expr)?;
    )*) => {$(
        // The message of the trait says which there are.
        #[diagnostic::do_not_recommend]
        impl $value for $number {
            $(const MINUS_ONE: Self = $minus_one;)?

            fn $registered(family: &'static $family) -> &'static dyn RegisteredInstrument {
                $instrument::<(), Self>::registered(family)
            }

            fn $observe(
                to: &Attachment<'_>,
                of: &'static MetricDescriptor,
                observe: impl Observe<Self>,
            ) {
                let is_direct = Arc::clone(&to.is_direct);
                let seen = Mutex::new(Seen::new(to.has_other_temporality, of));
                let _ = to
                    .meter
                    .$sdk(of.name)
                    .with_description(of.help)
                    .with_unit(of.unit.unwrap_or_default())
                    .with_callback(move |sdk: &dyn AsyncInstrument<Self>| {
                        if is_scraping() && is_direct.load(Ordering::Relaxed) {
                            return;
                        }
                        let _collecting = collecting();
                        // The SDK stores what it is given for every reader, whichever asked. Two
                        // readers that ask at once must not overwrite the newer sum with the older.
                        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                        observe(&mut |value, labels| {
                            sdk.observe(seen.not_before(value, labels), &labels.attributes);
                        });
                        seen.forget_others();
                    })
                    .build();
            }
        }
    )*};
}

observe_as! {
    CounterValue for u64, observe_counter => u64_observable_counter, registered_counter(Counter of SumFamily);
    CounterValue for f64, observe_counter => f64_observable_counter, registered_counter(Counter of SumFamily);
    UpDownCounterValue for i64, observe_sum => i64_observable_up_down_counter, registered_up_down_counter(UpDownCounter of SumFamily), -1;
    UpDownCounterValue for f64, observe_sum => f64_observable_up_down_counter, registered_up_down_counter(UpDownCounter of SumFamily), -1.0;
    GaugeValue for u64, observe_gauge => u64_observable_gauge, registered_gauge(Gauge of ValueFamily);
    GaugeValue for i64, observe_gauge => i64_observable_gauge, registered_gauge(Gauge of ValueFamily);
    GaugeValue for f64, observe_gauge => f64_observable_gauge, registered_gauge(Gauge of ValueFamily);
}

/// What a monotonic instrument has given the SDK last, where a reader may want differences. The SDK
/// subtracts what it was given before, and has no number for a sum that went back.
#[derive(Debug)]
struct Seen<V> {
    of: &'static MetricDescriptor,
    /// Absent where nobody subtracts.
    last: Option<HashMap<BySeries, Last<V>>>,
    collection: u64,
    told: bool,
}

/// One series, for as long as its labels are kept: another one of the same labels is not the same.
#[derive(Debug)]
struct BySeries(Arc<SeriesLabels>);

#[derive(Debug)]
struct Last<V> {
    value: V,
    collection: u64,
}

impl PartialEq for BySeries {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for BySeries {}

impl Hash for BySeries {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

impl<V: Copy + PartialOrd> Seen<V> {
    fn new(subtracted: bool, of: &'static MetricDescriptor) -> Self {
        let watched = subtracted && of.kind == InstrumentKind::Counter;
        Self { of, last: watched.then(HashMap::new), collection: 0, told: false }
    }

    /// The value, or the last one if that was higher: the SDK cannot be given none either, because
    /// it would subtract nothing the next time.
    fn not_before(&mut self, value: V, labels: &Arc<SeriesLabels>) -> V {
        let Some(seen) = &mut self.last else { return value };
        let collection = self.collection;
        let last = seen.entry(BySeries(Arc::clone(labels))).or_insert(Last { value, collection });
        last.collection = collection;
        if value >= last.value {
            last.value = value;
        } else if !self.told {
            self.told = true;
            tracing::warn!(
                metric = self.of.name,
                declared_at = %self.of.origin,
                "an observable counter went back; it stays where it was until it has caught up"
            );
        }
        last.value
    }

    /// Ends a collection: what was not in it has ended, and begins at zero if it comes back.
    fn forget_others(&mut self) {
        if let Some(seen) = &mut self.last {
            seen.retain(|_, last| last.collection == self.collection);
            self.collection += 1;
        }
    }
}

impl Attachment<'_> {
    pub(crate) fn f64_histogram(&self, of: &'static MetricDescriptor) -> Histogram<f64> {
        self.bucketed(self.meter.f64_histogram(of.name), of).build()
    }

    pub(crate) fn u64_histogram(&self, of: &'static MetricDescriptor) -> Histogram<u64> {
        self.bucketed(self.meter.u64_histogram(of.name), of).build()
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
