use std::time::Duration;

use osapi_metrics_rules::{InstrumentKind, MAX_SERIES};

use super::registered::InstrumentList;
use crate::core::descriptor::{
    LabelSet, MetricDescriptor, Origin, Threshold, ValueType, assert_series,
};

/// The type of a field of a metric set. The derive reads the properties of the type from this
/// trait.
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

    /// Makes the instrument and enters it into the list of its set, which exporters read. Without
    /// the list, rustc would report a field that only exporters read as never read.
    fn __osapi_new(descriptor: &'static MetricDescriptor, of_set: &mut InstrumentList) -> Self;
}

/// The descriptor of an instrument, and the function that makes the instrument.
#[doc(hidden)]
pub type Declared<I> = (MetricDescriptor, fn(&'static MetricDescriptor, &mut InstrumentList) -> I);

/// Builds the descriptor of a field from its type. The derive calls it once for each field, so that
/// a type that is not an instrument is one error.
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
        // The macro guesses the kind from the name of the type.
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

/// [`declare`] for a type that is written without labels. Such a type has more than one series only
/// if it is the alias of a type with labels.
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

/// The declared metric with the name that it had before.
#[doc(hidden)]
pub const fn renamed_from<I: Instrument>(
    (descriptor, make): Declared<I>,
    old_name: &'static str,
) -> Declared<I> {
    (descriptor.with_renamed_from(old_name), make)
}

/// The declared metric with the text about it beside the description.
#[doc(hidden)]
pub const fn with_details<I: Instrument>(
    (descriptor, make): Declared<I>,
    details: &'static str,
) -> Declared<I> {
    (descriptor.with_details(details), make)
}

/// The declared metric with the text that says until when it is absent.
#[doc(hidden)]
pub const fn absent_until<I: Instrument>(
    (descriptor, make): Declared<I>,
    until: &'static str,
) -> Declared<I> {
    (descriptor.with_absent_until(until), make)
}

/// The declared metric with the time after which it is stale.
#[doc(hidden)]
pub const fn stale_after<I: Instrument>(
    (descriptor, make): Declared<I>,
    after: Duration,
) -> Declared<I> {
    (descriptor.with_stale_after(after), make)
}

/// The declared metric with thresholds.
#[doc(hidden)]
pub const fn with_thresholds<I: Instrument>(
    (descriptor, make): Declared<I>,
    thresholds: &'static [Threshold],
) -> Declared<I> {
    (descriptor.with_thresholds(thresholds), make)
}
