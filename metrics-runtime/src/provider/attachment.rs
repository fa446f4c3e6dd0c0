use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Histogram, HistogramBuilder, Meter},
};

use osapi_metrics_rules::InstrumentKind;

use super::collecting::{collecting, is_scraping};
use crate::{
    descriptor::MetricDescriptor,
    instruments::{CounterValue, GaugeValue, UpDownCounterValue},
    recording::SinkId,
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
pub trait Observe<V>: Fn(&mut dyn FnMut(V, &[KeyValue])) + Send + Sync + 'static {}
impl<V, F: Fn(&mut dyn FnMut(V, &[KeyValue])) + Send + Sync + 'static> Observe<V> for F {}

macro_rules! observe_as {
    ($($value:ident for $number:ty, $observe:ident => $instrument:ident $(, $minus_one:expr)?;)*) => {$(
        impl $value for $number {
            $(const MINUS_ONE: Self = $minus_one;)?

            fn $observe(
                to: &Attachment<'_>,
                of: &'static MetricDescriptor,
                observe: impl Observe<Self>,
            ) {
                let is_direct = Arc::clone(&to.is_direct);
                let seen = Mutex::new(Seen::new(to.has_other_temporality, of));
                let _ = to
                    .meter
                    .$instrument(of.name)
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
                        observe(&mut |value, attributes| {
                            sdk.observe(seen.not_before(value, attributes), attributes);
                        });
                    })
                    .build();
            }
        }
    )*};
}

observe_as! {
    CounterValue for u64, observe_counter => u64_observable_counter;
    CounterValue for f64, observe_counter => f64_observable_counter;
    UpDownCounterValue for i64, observe_sum => i64_observable_up_down_counter, -1;
    UpDownCounterValue for f64, observe_sum => f64_observable_up_down_counter, -1.0;
    GaugeValue for u64, observe_gauge => u64_observable_gauge;
    GaugeValue for i64, observe_gauge => i64_observable_gauge;
    GaugeValue for f64, observe_gauge => f64_observable_gauge;
}

/// What a monotonic instrument has given the SDK last, where a reader may want differences. The SDK
/// subtracts what it was given before, and has no number for a sum that went back.
#[derive(Debug)]
struct Seen<V> {
    of: &'static MetricDescriptor,
    /// By the address of the series' attributes, which stay where they are. Absent where nobody
    /// subtracts.
    last: Option<HashMap<usize, V>>,
    told: bool,
}

impl<V: Copy + PartialOrd> Seen<V> {
    fn new(subtracted: bool, of: &'static MetricDescriptor) -> Self {
        let watched = subtracted && of.kind == InstrumentKind::Counter;
        Self { of, last: watched.then(HashMap::new), told: false }
    }

    /// The value, or the last one if that was higher: the SDK cannot be given none either, because
    /// it would subtract nothing the next time.
    fn not_before(&mut self, value: V, attributes: &[KeyValue]) -> V {
        let Some(seen) = &mut self.last else { return value };
        let last = seen.entry(attributes.as_ptr().addr()).or_insert(value);
        if value >= *last {
            *last = value;
        } else if !self.told {
            self.told = true;
            tracing::warn!(
                metric = self.of.name,
                declared_at = %self.of.origin,
                "an observable counter went back; it stays where it was until it has caught up"
            );
        }
        *last
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
