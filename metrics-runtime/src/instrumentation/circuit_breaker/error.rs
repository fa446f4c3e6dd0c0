//! The errors of calls.

use std::time::Duration;

/// A circuit breaker has rejected a call.
///
/// ```
/// use std::{num::NonZeroU32, time::Duration};
///
/// use osapi_metrics::instrumentation::circuit_breaker::{CircuitBreaker, CircuitBreakerOptions};
///
/// let options = CircuitBreakerOptions::default().with_failure_threshold(NonZeroU32::MIN);
/// let breaker = CircuitBreaker::new("mail", options);
/// breaker.try_begin().unwrap().failure();
///
/// let open = breaker.try_begin().unwrap_err();
/// assert!(open.retry_after().unwrap() <= Duration::from_secs(30));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the circuit breaker is open{}", Remaining(*.retry_after))]
pub struct BreakerOpen {
    pub(super) retry_after: Option<Duration>,
}

impl BreakerOpen {
    /// The time after which the breaker lets a call through again. `None` if it is half-open with
    /// as many calls as it lets through at a time: the next call is let through when one of these
    /// has ended.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

/// The end of the message of [`BreakerOpen`].
struct Remaining(Option<Duration>);

impl std::fmt::Display for Remaining {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(time) => write!(f, " for another {time:?}"),
            None => f.write_str(" until a call that is under way has ended"),
        }
    }
}

/// A call was rejected, or it has failed: the error of
/// [`CircuitBreaker::call`](super::CircuitBreaker::call).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError<E> {
    /// The breaker has rejected the call. The future was not polled.
    #[error(transparent)]
    Open(#[from] BreakerOpen),
    /// The future has ended with an error.
    #[error(transparent)]
    Failed(E),
}
