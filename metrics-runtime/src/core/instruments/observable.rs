use std::{cell::RefCell, fmt, marker::PhantomData, sync::Arc};

use osapi_metrics_rules::InstrumentKind;

use super::{
    instrument::{Instrument, Shape},
    instrument_list::InstrumentList,
    shared::debug_by_name,
    values::{CounterValue, GaugeValue, UpDownCounterValue},
};
use crate::core::{
    descriptor::{LabelSet, MetricDescriptor},
    storage::{Number, ObservableFamily, ObservationSink, ObservedId, ScopeId, ScopeLabels},
};

macro_rules! observable {
    ($(
        $(#[$doc:meta])*
        $instrument:ident, $default:ty, $value:ident, $kind:ident;
    )*) => {$(
        $(#[$doc])*
        ///
        /// `L` is the label set. A series is exported as long as an [`Observation`] gives it a
        /// value. If a label is open, the series ends with the last observation that has reported
        /// it, and others may take its place within the limits.
        pub struct $instrument<L = (), V: $value = $default> {
            family: &'static ObservableFamily<V>,
            scope: Option<Arc<ScopeLabels>>,
            labels: PhantomData<fn() -> L>,
        }

        impl<L: LabelSet, V: $value> $instrument<L, V> {
            /// The series of these labels.
            pub fn with(&self, labels: L) -> ObservableSeries<V> {
                self.with_ref(&labels)
            }

            /// The series of these labels, which are borrowed.
            pub(crate) fn with_ref(&self, labels: &L) -> ObservableSeries<V> {
                let series = self.family.family.slot(self.scope.as_deref(), labels);
                ObservableSeries { family: self.family, scope: self.scope_id(), series }
            }

            /// Calls `observe` at each collection, to report any number of series. A scrape and a
            /// push can call it at the same time. It must not block; if it panics, the panic is
            /// caught and counted in `osapi_metrics_callback_panics_total`.
            pub fn observe_each(
                &self,
                observe: impl Fn(&mut Observer<'_, L, V>) + Send + Sync + 'static,
            ) -> Observation {
                let scope = self.scope.clone();
                Observation::begin(self.family, self.scope_id(), None, move |sink| {
                    let (sink, scope) = (RefCell::new(sink), scope.as_deref());
                    observe(&mut Observer { sink, scope, labels: PhantomData });
                })
            }

            fn scope_id(&self) -> Option<ScopeId> {
                self.scope.as_ref().map(|scope| scope.id())
            }
        }

        impl<V: $value> $instrument<(), V> {
            /// Calls `value` at each collection. `None` leaves the series out of that collection. A
            /// scrape and a push can call it at the same time. It must not block; if it panics, the
            /// panic is caught and counted in `osapi_metrics_callback_panics_total`.
            pub fn observe<R: Into<Option<V>>>(
                &self,
                value: impl Fn() -> R + Send + Sync + 'static,
            ) -> Observation {
                self.with(()).observe(value)
            }
        }

        impl<L: LabelSet + 'static, V: $value> Instrument for $instrument<L, V> {
            const SHAPE: Shape =
                Shape::of::<L>(InstrumentKind::$kind, V::TYPE).observable();

            fn __osapi_new(of_set: &mut InstrumentList) -> Self {
                let family = of_set.next(ObservableFamily::leak);
                Self { family, scope: of_set.scope(), labels: PhantomData }
            }
        }

        debug_by_name! { $instrument<L, V>: $value, family; }
    )*};
}

observable! {
    /// A sum that only grows, is kept elsewhere, and is read at each collection: page faults, bytes
    /// that a driver counts. Several observations of one series are added up.
    ObservableCounter, u64, CounterValue, Counter;
    /// A sum that grows and shrinks, is kept elsewhere, and is read at each collection: the length
    /// of a queue. Several observations of one series are added up.
    ObservableUpDownCounter, i64, UpDownCounterValue, UpDownCounter;
    /// A value that is measured at each collection: a temperature, the age of a job. Of several
    /// observations of one series, the last one counts.
    ObservableGauge, f64, GaugeValue, Gauge;
}

macro_rules! observe_series {
    ($($instrument:ident: $value:ty;)*) => {$(
        impl<L> $instrument<L, $value> {
            /// Calls `observe` at each collection, to report series by their ids.
            pub(crate) fn observe_series(
                &self,
                observe: impl Fn(&mut ObservationSink<$value>) + Send + Sync + 'static,
            ) -> Observation {
                Observation::begin(self.family, None, None, observe)
            }
        }
    )*};
}

observe_series! {
    ObservableCounter: u64;
    ObservableGauge: f64;
}

/// One series of an observable instrument: a `Copy` handle, made by `with`.
///
/// As with other instruments, a handle of a series that has ended is of no use: what it observes is
/// not exported. `with` begins the series anew.
///
/// ```
/// use osapi_metrics::{LabelSet, LabelValue, MetricSet, ObservableGauge};
///
/// #[derive(Clone, Copy, LabelValue, LabelSet)]
/// enum Sensor { Inlet, Outlet }
///
/// /// Temperatures.
/// #[derive(MetricSet)]
/// struct Temperatures {
///     /// Temperature of the water.
///     #[metric(unit = "Cel")]
///     water_temperature_celsius: ObservableGauge<Sensor>,
/// }
///
/// let inlet = Temperatures::global().water_temperature_celsius.with(Sensor::Inlet);
/// let observation = inlet.observe(|| 21.5);
/// # drop(observation);
/// ```
#[derive(Clone, Copy)]
pub struct ObservableSeries<V: Number = f64> {
    family: &'static ObservableFamily<V>,
    scope: Option<ScopeId>,
    series: ObservedId,
}

/// Reports series of one instrument during a collection: the argument of the closure of
/// `observe_each`.
///
/// ```
/// use osapi_metrics::{LabelSet, MetricSet, ObservableGauge};
///
/// #[derive(LabelSet)]
/// struct Disk {
///     #[label(max = 50)]
///     disk: &'static str,
/// }
///
/// /// Disks.
/// #[derive(MetricSet)]
/// struct Disks {
///     /// Free space of a disk.
///     #[metric(unit = "By")]
///     disk_free_bytes: ObservableGauge<Disk, u64>,
/// }
///
/// let observation = Disks::global().disk_free_bytes.observe_each(|observer| {
///     observer.observe(&Disk { disk: "root" }, 3_000_000);
///     observer.observe(&Disk { disk: "data" }, 8_000_000);
/// });
/// observation.keep();
/// ```
pub struct Observer<'a, L, V: 'static> {
    // In a cell, so that a shared reference to the observer observes: labels that are borrowed have
    // another lifetime than `L`, which a mutable reference does not allow.
    sink: RefCell<&'a mut ObservationSink<V>>,
    scope: Option<&'a ScopeLabels>,
    labels: PhantomData<fn() -> L>,
}

/// Keeps a closure of an observable instrument registered. The observation ends when this value is
/// dropped; a collection that runs at that moment may call the closure a last time.
#[must_use = "an observation ends when this value is dropped; `keep()` it for the life of the process"]
pub struct Observation {
    family: &'static dyn Observable,
    id: u64,
}

trait Observable: Sync {
    fn end(&self, id: u64);
    fn descriptor(&self) -> &'static MetricDescriptor;
}

impl<V: Number> ObservableSeries<V> {
    #[inline]
    pub(crate) fn id(&self) -> ObservedId {
        self.series
    }

    /// Calls `value` at each collection. `None` leaves the series out of that collection. So does
    /// an infinite or NaN value, or a negative value of a counter, which is counted in
    /// `osapi_metrics_dropped_samples_total`. A scrape and a push can call it at the same time. It
    /// must not block; if it panics, the panic is caught and counted in
    /// `osapi_metrics_callback_panics_total`.
    pub fn observe<R: Into<Option<V>>>(
        &self,
        value: impl Fn() -> R + Send + Sync + 'static,
    ) -> Observation {
        let series = self.series;
        Observation::begin(self.family, self.scope, Some(series), move |sink| {
            if let Some(value) = value().into() {
                sink.observe_series(series, value);
            }
        })
    }
}

impl<L: LabelSet, V: Number> Observer<'_, L, V> {
    /// Reports the value of one series, in the metric's unit. An infinite or NaN value, or a
    /// negative value of a counter, is dropped and counted in
    /// `osapi_metrics_dropped_samples_total`.
    pub fn observe(&self, labels: &L, value: V) {
        // Borrowed only if `labels` observe while their values are read.
        if let Ok(mut sink) = self.sink.try_borrow_mut() {
            sink.observe(self.scope, labels, value);
        }
    }

    /// Counts a value that the type of the values cannot represent.
    pub(crate) fn drop_sample(&self) {
        if let Ok(sink) = self.sink.try_borrow() {
            sink.drop_sample();
        }
    }
}

impl Observation {
    /// Keeps the observation for the rest of the process.
    pub fn keep(self) {
        std::mem::forget(self);
    }
}

impl Drop for Observation {
    fn drop(&mut self) {
        self.family.end(self.id);
    }
}

impl Observation {
    fn begin<V: Number>(
        family: &'static ObservableFamily<V>,
        scope: Option<ScopeId>,
        series: Option<ObservedId>,
        observe: impl Fn(&mut ObservationSink<V>) + Send + Sync + 'static,
    ) -> Self {
        Self { family, id: family.callbacks.add(scope, series, observe) }
    }
}

impl<V: Number> Observable for ObservableFamily<V> {
    fn end(&self, id: u64) {
        self.callbacks.remove(id, &self.family);
    }

    fn descriptor(&self) -> &'static MetricDescriptor {
        self.descriptor
    }
}

impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observation").field(&self.family.descriptor().name).finish()
    }
}

impl<L, V> fmt::Debug for Observer<'_, L, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observer").finish_non_exhaustive()
    }
}

debug_by_name! { ObservableSeries<V>: Number, family; }
