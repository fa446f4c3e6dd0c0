//! The instruments that a metric set is made of.
//!
//! Each is a thin handle to cells of the recording core. `with(labels)` resolves one series to a
//! `Copy` handle that can be kept; the verbs of the instrument itself are those of its only series,
//! for metrics without labels.

mod counter;
mod gauge;
mod histogram;
mod observable;
mod timer;
mod up_down_counter;

pub use counter::{Counter, CounterSeries, CounterValue};
pub use gauge::{Gauge, GaugeSeries, GaugeValue};
pub use histogram::{Histogram, HistogramSeries};
pub use observable::{
    ObservableCounter, ObservableGauge, ObservableSeries, ObservableUpDownCounter, Observation,
    Observer,
};
pub use timer::Timer;
pub use up_down_counter::{UpDownCounter, UpDownCounterSeries, UpDownCounterValue, UpDownGuard};

use std::sync::Arc;

use crate::{
    descriptor::{MetricDescriptor, Origin, ValueType},
    labels::{LabelSet, assert_series},
    provider::Attachment,
    recording::{AllSeries, FamilyStats, SeriesLabels, SinkId, Summary, Value},
};
use osapi_metrics_rules::{InstrumentKind, MAX_SERIES};

/// What a field of a metric set can be. The derive asks it for all that the type says.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "not an instrument with labels that derive `LabelSet` and a supported value type",
    note = "counters have `u64` or `f64` values, up-down counters `i64` or `f64`, gauges `f64`, `i64` or `u64`, histograms `f64` or `u64`"
)]
pub trait Instrument: Sized {
    const KIND: InstrumentKind;
    const OBSERVABLE: bool;
    const VALUE_TYPE: ValueType;
    type Labels: LabelSet;

    /// Makes the instrument and enters it into its set's list, from which the provider takes it.
    /// The list spares generated code from reading fields that nobody else reads, which rustc
    /// reports to the user.
    fn __osapi_new(descriptor: &'static MetricDescriptor, of_set: &mut InstrumentList) -> Self;
}

#[doc(hidden)]
pub type InstrumentList = Vec<&'static dyn RegisteredInstrument>;

/// What is known about an instrument, and what makes it.
#[doc(hidden)]
pub type Declared<I> = (MetricDescriptor, fn(&'static MetricDescriptor, &mut InstrumentList) -> I);

/// Asks a field's type what it is. The derive calls it once for each field, so that a type that is no
/// instrument is one error.
#[doc(hidden)]
pub const fn declare<I: Instrument>(
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    buckets: &'static [f64],
    origin: Origin,
    rendered: Option<(InstrumentKind, &'static str)>,
) -> Declared<I> {
    let rendered = match rendered {
        // The macro takes the type for what it is called.
        Some((kind, rendered)) if kind as u8 == I::KIND as u8 => Some(rendered),
        _ => None,
    };
    let mut descriptor = MetricDescriptor::of_unit(name, unit, I::KIND, I::VALUE_TYPE, rendered);
    descriptor.observable = I::OBSERVABLE;
    descriptor.labels = I::Labels::LABELS;
    descriptor.help = help;
    descriptor.buckets = buckets;
    descriptor.origin = origin;
    (descriptor, I::__osapi_new)
}

/// The same for a type that is written without labels, whose series need no check of their own: it has
/// more than one if it is another type's alias.
#[doc(hidden)]
#[track_caller]
pub const fn declare_unlabelled<I: Instrument>(
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    buckets: &'static [f64],
    origin: Origin,
    rendered: Option<(InstrumentKind, &'static str)>,
) -> Declared<I> {
    let declared = declare::<I>(name, unit, help, buckets, origin, rendered);
    assert_series(&declared.0, MAX_SERIES);
    declared
}

/// An instrument, whatever its types, as the provider sees it.
#[doc(hidden)]
pub trait RegisteredInstrument: Send + Sync {
    fn descriptor(&self) -> &'static MetricDescriptor;
    /// Creates the SDK's instrument and leads this one's values to it.
    fn attach(&self, to: &Attachment<'_>);
    /// Ends what [`attach`](Self::attach) began and the provider cannot end by itself.
    fn detach(&self, _: SinkId) {}
    /// Gives each series its value, if it has one now, without the SDK. Returns the series in the order
    /// of the values; nothing for histograms, which only the SDK aggregates.
    fn read(&self, values: &mut Vec<Option<Value>>) -> Option<AllSeries>;
    /// What each series of a histogram has seen; nothing for other instruments.
    fn summaries(&self) -> Vec<(Arc<SeriesLabels>, Summary)> {
        Vec::new()
    }
    /// Whether a verb has ever recorded something, or a closure was ever observed.
    fn was_recorded(&self) -> bool;
    fn stats(&self) -> InstrumentStats;
}

/// What an instrument tells about itself.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default)]
pub struct InstrumentStats {
    pub(crate) family: FamilyStats,
    pub(crate) callback_panics: u64,
}

/// Instruments and their series show the metric's name.
macro_rules! debug_by_name {
    ($($instrument:ident<$($generic:ident),*>: $bound:ident;)*) => {$(
        impl<$($generic),*> std::fmt::Debug for $instrument<$($generic),*>
        where
            V: $bound,
        {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($instrument)).field(&self.family.descriptor.name).finish()
            }
        }
    )*};
}
use debug_by_name;

/// How the series of an instrument are found, and how they end.
macro_rules! ending_series {
    ($instrument:ident: $value:ident) => {
        /// For metrics with a label that declares `max` or `recent`, whose series begin with their
        /// first use. The series of other metrics are all there from the start and stay.
        impl<L: LabelSet, V: $value> $instrument<L, V> {
            /// Ends the series of these labels: it is left out of later scrapes and exports. What is
            /// recorded through handles that were taken before is dropped; the next
            /// [`with`](Self::with) begins it anew. `false` if there is no such series.
            pub fn remove(&self, labels: L) -> bool {
                const { crate::labels::assert_series_end(L::LABELS) };
                self.family.remove(&labels)
            }

            /// Ends every series for which `keep` says `false`, as [`remove`](Self::remove) does, and
            /// tells how many these were. The overflow series stays.
            pub fn retain(&self, mut keep: impl FnMut(&crate::SeriesLabels) -> bool) -> usize {
                const { crate::labels::assert_series_end(L::LABELS) };
                self.family.retain(&mut keep)
            }

            #[inline]
            fn place(&self, labels: &impl LabelSet) -> Place {
                match self.closed.get(labels.combination()) {
                    Some(place) => *place,
                    None => self.family.place_if_on(labels),
                }
            }
        }
    };
}
use ending_series;

impl From<FamilyStats> for InstrumentStats {
    fn from(family: FamilyStats) -> Self {
        Self { family, callback_panics: 0 }
    }
}
