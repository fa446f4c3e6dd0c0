use std::{fmt, marker::PhantomData, sync::Arc};

use osapi_metrics_rules::InstrumentKind;

use super::{
    instrument::{Instrument, Shape},
    instrument_list::InstrumentList,
};
use crate::core::{
    descriptor::{LabelDescriptor, LabelRef, LabelSet, LabelValue, LabelVisitor, ValueType},
    storage::{JointFamily, LastValueFamily, ScopeLabels, SlotRef},
    sync::enabled,
};

/// The state of something, of the closed set of states that an enum has: one series for each state,
/// 1 for the state that it is in and 0 for all others.
///
/// `E` is an enum with `derive(LabelValue)`, `L` the labels of what has the state. The name of the
/// metric is the key of the label with the state. Nothing is exported before the first
/// [`set`](Self::set).
///
/// `OpenMetrics` has the type `stateset` for it; text format 0.0.4 and Prometheus' protobuf have a
/// gauge, and OTLP a sum that is not monotonic with the state as an attribute, as the OpenTelemetry
/// specification asks.
///
/// ```
/// use osapi_metrics::{LabelValue, MetricSet, StateSet};
///
/// #[derive(Clone, Copy, LabelValue)]
/// enum Replication { Starting, Streaming, Lagging }
///
/// /// The replica.
/// #[derive(MetricSet)]
/// struct ReplicaMetrics {
///     /// What the replication does now.
///     replication_state: StateSet<Replication>,
/// }
///
/// // osapi_replication_state{osapi_replication_state="lagging"} 0
/// // osapi_replication_state{osapi_replication_state="starting"} 0
/// // osapi_replication_state{osapi_replication_state="streaming"} 1
/// ReplicaMetrics::global().replication_state.set(Replication::Streaming);
/// ```
///
/// With labels, each combination has a state of its own:
///
/// ```
/// # use osapi_metrics::{LabelSet, LabelValue, MetricSet, StateSet};
/// # #[derive(Clone, Copy, LabelValue)]
/// # enum Replication { Starting, Streaming }
/// #[derive(LabelSet)]
/// struct Replica {
///     #[label(max = 20)]
///     replica: String,
/// }
///
/// /// The replicas.
/// #[derive(MetricSet)]
/// struct ReplicasMetrics {
///     /// What the replication of each replica does now.
///     replicas_state: StateSet<Replication, Replica>,
/// }
///
/// let states = &ReplicasMetrics::global().replicas_state;
/// states.with(Replica { replica: "north".to_owned() }).set(Replication::Starting);
/// states.remove(Replica { replica: "north".to_owned() });
/// ```
///
/// All states of a combination have series, or none: what is beyond a limit of its labels is not
/// recorded, and counted in `osapi_metrics_overflowed_samples_total`.
///
/// A change takes a lock, which collections take too, and writes one value for each state. What an
/// allocator changes while it serves a change is dropped, and counted in
/// `osapi_metrics_dropped_samples_total`.
pub struct StateSet<E, L = ()> {
    family: &'static JointFamily,
    scope: Option<Arc<ScopeLabels>>,
    types: PhantomData<fn() -> (E, L)>,
}

/// The states of one combination of labels, of [`StateSet::with`].
pub struct States<'a, E, L> {
    of: &'a StateSet<E, L>,
    labels: L,
}

/// The labels of one state: those of what has the state, and behind them the state.
struct OfState<'a, L> {
    labels: &'a L,
    states: &'static [&'static str],
    state: usize,
}

impl<E: LabelValue, L: LabelSet> StateSet<E, L> {
    /// The states of these labels.
    pub fn with(&self, labels: L) -> States<'_, E, L> {
        States { of: self, labels }
    }

    /// Ends the series of all states of these labels. Returns `false` if there are none.
    ///
    /// Does not compile if all labels are enums and `bool`s.
    pub fn remove(&self, labels: L) -> bool {
        const { crate::core::descriptor::assert_series_end(L::LABELS) };
        let mut removed = false;
        self.family.change(|| removed = self.end(&labels));
        removed
    }

    /// The slot of each state, or `None` of a limit: then no state has a series.
    fn slots(&self, labels: &L) -> Option<Vec<SlotRef>> {
        let slot = |of_state: OfState<'_, L>| {
            self.family.series.slot_within_limits(self.scope.as_deref(), &of_state)
        };
        let slots: Option<_> = of_states::<E, L>(labels).map(slot).collect();
        if slots.is_none() {
            self.end(labels);
        }
        slots
    }

    /// Ends the series of all states. Returns whether there were any.
    fn end(&self, labels: &L) -> bool {
        let end =
            |of_state: OfState<'_, L>| self.family.series.remove(self.scope.as_deref(), &of_state);
        of_states::<E, L>(labels).map(end).fold(false, |ended, this| ended | this)
    }
}

impl<E: LabelValue> StateSet<E> {
    /// Sets the state, in place of any other.
    pub fn set(&self, state: E) {
        self.with(()).set(state);
    }

    /// Sets whether a state holds, beside others, for states that do not exclude each other. The
    /// first time, all others are 0.
    pub fn set_flag(&self, state: E, holds: bool) {
        self.with(()).set_flag(state, holds);
    }

    /// Makes all states absent until one is set again.
    pub fn clear(&self) {
        self.with(()).clear();
    }
}

impl<E, L> StateSet<E, L> {
    /// Whether recording is on. For code that finds a state at some cost; the verbs themselves
    /// record nothing while recording is off.
    #[inline]
    pub fn enabled(&self) -> bool {
        enabled()
    }
}

impl<E: LabelValue, L: LabelSet> States<'_, E, L> {
    /// Sets the state, in place of any other. A collection sees either of them.
    pub fn set(&self, state: E) {
        self.write(|nth, _| i64::from(nth == state.index()));
    }

    /// Sets whether a state holds, beside others, for states that do not exclude each other. The
    /// first time, all others are 0.
    pub fn set_flag(&self, state: E, holds: bool) {
        self.write(|nth, value| match value {
            _ if nth == state.index() => i64::from(holds),
            value => value.unwrap_or(0),
        });
    }

    /// Makes all states absent until one is set again.
    pub fn clear(&self) {
        let StateSet { family, scope, .. } = self.of;
        family.change(|| {
            for of_state in of_states::<E, L>(&self.labels) {
                if let Some(slot) = family.series.existing_slot(scope.as_deref(), &of_state) {
                    family.series.clear(slot);
                }
            }
        });
    }

    /// Writes the value that `value` gives for each state, of its position and its last value.
    fn write(&self, value: impl Fn(usize, Option<i64>) -> i64) {
        if !enabled() {
            return;
        }
        let family = self.of.family;
        family.change(|| {
            for (nth, slot) in self.of.slots(&self.labels).into_iter().flatten().enumerate() {
                family.series.set(slot, value(nth, LastValueFamily::value(slot)));
            }
        });
    }
}

/// The labels of each state.
fn of_states<E: LabelValue, L>(labels: &L) -> impl Iterator<Item = OfState<'_, L>> {
    (0..E::VALUES.len()).map(move |state| OfState { labels, states: E::VALUES, state })
}

/// The last label varies fastest.
impl<L: LabelSet> LabelSet for OfState<'_, L> {
    /// Without the state, whose key is the name of the metric.
    const LABELS: &'static [LabelDescriptor] = L::LABELS;

    fn visit(&self, visitor: &mut LabelVisitor<'_>) {
        self.labels.visit(visitor);
        visitor(LabelRef::Str(self.states[self.state]));
    }

    fn combination(&self) -> usize {
        // An open label has a combination beyond all others.
        self.labels.combination().saturating_mul(self.states.len()).saturating_add(self.state)
    }
}

impl<E: LabelValue + 'static, L: LabelSet + 'static> Instrument for StateSet<E, L> {
    const SHAPE: Shape =
        Shape::of::<L>(InstrumentKind::StateSet, ValueType::I64).with_states(E::VALUES);

    fn __osapi_new(of_set: &mut InstrumentList) -> Self {
        let family = of_set.next(JointFamily::leak);
        Self { family, scope: of_set.scope(), types: PhantomData }
    }
}

impl<E, L> fmt::Debug for StateSet<E, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StateSet").field(&self.family.series.descriptor.name).finish()
    }
}

impl<E, L> fmt::Debug for States<'_, E, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("States").field(&self.of.family.series.descriptor.name).finish()
    }
}
