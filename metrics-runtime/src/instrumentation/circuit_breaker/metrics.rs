//! The roles, and the metric set that comes with them.

use std::borrow::Cow;

use super::{BreakerState, CallOutcome, Transition};
use crate::{
    Counter, Histogram, LabelSet, MetricSet, ObservableGauge,
    roles::{Count, Distribution, Items, Level, RoleLabels, Seconds},
};

/// What is measured of a circuit breaker.
///
/// ```
/// use osapi_metrics::{
///     Counter, LabelSet, MetricSet,
///     instrumentation::circuit_breaker::{
///         BreakerState, CircuitBreaker, CircuitBreakerOptions, CircuitBreakerRoles, Transition,
///     },
///     roles::RoleLabels,
/// };
///
/// #[derive(Clone, LabelSet)]
/// struct Change {
///     from: BreakerState,
///     to: BreakerState,
/// }
///
/// impl RoleLabels<(), Transition> for Change {
///     fn role_labels(_: &(), transition: &Transition) -> Self {
///         Self { from: transition.from, to: transition.to }
///     }
/// }
///
/// /// The circuit breaker before the archive.
/// #[derive(MetricSet)]
/// #[metric_set(prefix = "archive", roles(of = CircuitBreakerRoles))]
/// struct ArchiveBreaker {
///     /// Changes of the circuit breaker's state.
///     #[metric(unit = "{change}", on = transitions)]
///     breaker_changes_total: Counter<Change>,
/// }
///
/// let options = CircuitBreakerOptions::default();
/// let breaker = CircuitBreaker::new_in::<ArchiveBreaker>(&(), options);
/// # drop(breaker);
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct CircuitBreakerRoles {
    /// The state as a number, see [`BreakerState`].
    pub state: Level<Items>,
    /// Calls that were let through and have ended.
    pub calls: Count<CallOutcome>,
    /// Duration of the calls that were let through.
    pub duration: Distribution<Seconds, CallOutcome>,
    /// Calls that took [`slow_call`](super::CircuitBreakerOptions::slow_call) or longer, whatever
    /// their outcome.
    pub slow_calls: Count,
    /// Calls that were rejected.
    pub rejections: Count,
    /// Changes of the state.
    pub transitions: Count<Transition>,
}

/// The circuit breakers of this process that were made with
/// [`CircuitBreaker::new`](super::CircuitBreaker::new).
///
/// The [module](super) lists the metrics.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "osapi_circuit_breaker",
    roles(of = CircuitBreakerRoles, labels = BreakerLabels),
    crate = "crate"
)]
pub struct CircuitBreakerMetrics {
    /// State of the circuit breaker: 0 closed, 1 half-open, 2 open.
    #[metric(on = state)]
    state: ObservableGauge<BreakerLabels, u64>,

    /// Calls that the circuit breaker let through and that have ended.
    #[metric(unit = "{call}", on = calls)]
    calls_total: Counter<OutcomeLabels>,

    /// Duration of the calls that the circuit breaker let through.
    #[metric(
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
        on = duration,
    )]
    call_duration_seconds: Histogram<OutcomeLabels>,

    /// Calls that took as long as a slow call, or longer.
    #[metric(unit = "{call}", on = slow_calls)]
    slow_calls_total: Counter<BreakerLabels>,

    /// Calls that the circuit breaker rejected.
    #[metric(unit = "{call}", on = rejections)]
    rejections_total: Counter<BreakerLabels>,

    /// Changes of the circuit breaker's state.
    #[metric(unit = "{transition}", on = transitions)]
    transitions_total: Counter<TransitionLabels>,
}

#[derive(Clone, Debug, LabelSet)]
#[label(crate = "crate")]
pub struct BreakerLabels {
    #[label(max = 100)]
    pub(super) breaker: Cow<'static, str>,
}

#[derive(Debug, LabelSet)]
#[label(crate = "crate")]
struct OutcomeLabels {
    #[label(flatten)]
    breaker: BreakerLabels,
    outcome: CallOutcome,
}

impl RoleLabels<BreakerLabels, CallOutcome> for OutcomeLabels {
    fn role_labels(breaker: &BreakerLabels, outcome: &CallOutcome) -> Self {
        Self { breaker: breaker.clone(), outcome: *outcome }
    }
}

#[derive(Debug, LabelSet)]
#[label(crate = "crate")]
struct TransitionLabels {
    #[label(flatten)]
    breaker: BreakerLabels,
    to: BreakerState,
}

impl RoleLabels<BreakerLabels, Transition> for TransitionLabels {
    fn role_labels(breaker: &BreakerLabels, transition: &Transition) -> Self {
        Self { breaker: breaker.clone(), to: transition.to }
    }
}
