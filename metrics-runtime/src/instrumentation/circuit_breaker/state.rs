//! The states of a circuit breaker, and the ends of its calls.

use crate::LabelValue;

/// The state of a circuit breaker. As a number, `BreakerState::Open as u8`, it is the value of the
/// gauge; as a label it is `closed`, `half_open` or `open`.
///
/// ```
/// use osapi_metrics::instrumentation::circuit_breaker::BreakerState;
///
/// let numbers = [BreakerState::Closed, BreakerState::HalfOpen, BreakerState::Open].map(u8::from);
/// assert_eq!(numbers, [0, 1, 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
#[repr(u8)]
pub enum BreakerState {
    /// All calls are let through.
    Closed = 0,
    /// A few calls are let through at a time, to see whether the dependency works again.
    HalfOpen = 1,
    /// All calls are rejected.
    Open = 2,
}

impl From<BreakerState> for u8 {
    fn from(state: BreakerState) -> Self {
        state as Self
    }
}

/// A change of the state of a circuit breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Transition {
    /// The state before.
    pub from: BreakerState,
    /// The state after.
    pub to: BreakerState,
}

impl Transition {
    pub(super) const OPENS: Self = Self { from: BreakerState::Closed, to: BreakerState::Open };
    pub(super) const PROBES: Self = Self { from: BreakerState::Open, to: BreakerState::HalfOpen };
    pub(super) const REOPENS: Self = Self { from: BreakerState::HalfOpen, to: BreakerState::Open };
    pub(super) const CLOSES: Self = Self { from: BreakerState::HalfOpen, to: BreakerState::Closed };
    pub(super) const ALL: [Self; 4] = [Self::OPENS, Self::PROBES, Self::REOPENS, Self::CLOSES];
}

/// How a call of a circuit breaker has ended. As a label it is `succeeded`, `failed` or
/// `cancelled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
#[non_exhaustive]
pub enum CallOutcome {
    /// The dependency has answered.
    Succeeded,
    /// The dependency has failed.
    Failed,
    /// The call was dropped before it ended.
    Cancelled,
}

impl CallOutcome {
    pub(super) const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Cancelled];
}
