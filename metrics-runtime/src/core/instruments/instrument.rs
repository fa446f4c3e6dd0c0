use osapi_metrics_rules::{InstrumentKind, MAX_SERIES};

use super::instrument_list::InstrumentList;
use crate::core::descriptor::{
    LabelDescriptor, LabelList, LabelSet, LabelValues, MetricDescriptor, Origin, ValueType,
    assert_series,
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
    const SHAPE: Shape;

    /// Makes the instrument of the next metric of a set and enters it into the list, which
    /// exporters read. Without the list, rustc would report a field that only exporters read as
    /// never read.
    fn __osapi_new(of_set: &mut InstrumentList) -> Self;
}

/// The properties of a metric that the type of its instrument says.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    kind: InstrumentKind,
    observable: bool,
    value_type: ValueType,
    labels: &'static [LabelDescriptor],
    /// The states of a state set.
    states: &'static [&'static str],
}

impl Shape {
    pub(super) const fn of<L: LabelSet>(kind: InstrumentKind, value_type: ValueType) -> Self {
        Self { kind, observable: false, value_type, labels: L::LABELS, states: &[] }
    }

    /// The labels of the instrument's type.
    pub const fn labels(self) -> &'static [LabelDescriptor] {
        self.labels
    }

    pub(super) const fn with_states(mut self, states: &'static [&'static str]) -> Self {
        self.states = states;
        self
    }

    /// The label with the state of a state set, whose key is the name of the metric.
    pub const fn state_label(self, name: &'static str) -> LabelDescriptor {
        LabelDescriptor::new(name, LabelValues::Closed(self.states))
    }

    pub(super) const fn observable(mut self) -> Self {
        self.observable = true;
        self
    }
}

/// Builds the descriptor of a field from its type.
#[doc(hidden)]
#[expect(clippy::too_many_arguments, reason = "a row of a table; names would be tokens")]
pub const fn declare(
    shape: Shape,
    origin: Origin,
    line: u32,
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    buckets: &'static [f64],
    rendered: Option<(InstrumentKind, &'static str)>,
) -> MetricDescriptor {
    let Shape { kind, observable, value_type, labels, .. } = shape;
    let rendered = match rendered {
        // The macro guesses the kind from the name of the type.
        Some((guessed, rendered)) if guessed as u8 == kind as u8 => Some(rendered),
        _ => None,
    };
    let mut descriptor = MetricDescriptor::of_unit(name, unit, kind, value_type, rendered);
    descriptor.observable = observable;
    descriptor.labels = labels;
    descriptor.help = help;
    descriptor.buckets = buckets;
    descriptor.origin = Origin { line, ..origin };
    descriptor
}

/// The descriptor of a metric of a set whose scope has labels, with these in front of the metric's
/// own: `labels` are both.
#[doc(hidden)]
pub const fn in_scope(
    descriptor: MetricDescriptor,
    scope: &[LabelDescriptor],
    labels: &'static LabelList,
) -> MetricDescriptor {
    descriptor.with_labels(labels.as_slice()).with_scope(scope.len())
}

/// The descriptor of a state set, with the label of the state behind the metric's other labels:
/// `labels` are all of them.
#[doc(hidden)]
pub const fn with_states(
    descriptor: MetricDescriptor,
    labels: &'static LabelList,
) -> MetricDescriptor {
    descriptor.with_labels(labels.as_slice())
}

/// Refuses the descriptor of a type that is written without labels and has more series than a
/// metric may have. Such a type is the alias of a type with labels.
#[doc(hidden)]
#[track_caller]
pub const fn unlabelled(descriptor: MetricDescriptor) -> MetricDescriptor {
    assert_series(&descriptor, MAX_SERIES);
    descriptor
}
