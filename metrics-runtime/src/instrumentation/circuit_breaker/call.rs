//! A call that a circuit breaker has let through.

use tokio::time::Instant;

use super::{CallOutcome, CircuitBreaker};

/// A call that a circuit breaker has let through: the result of [`CircuitBreaker::try_begin`].
///
/// A call that is dropped without [`success`](Self::success) or [`failure`](Self::failure) is
/// cancelled. Give calls a time limit: as long as a call of a half-open breaker has not ended, it has
/// one of the few places.
///
/// ```
/// use osapi_metrics::instrumentation::circuit_breaker::{CircuitBreaker, CircuitBreakerOptions};
///
/// let breaker = CircuitBreaker::new("disk", CircuitBreakerOptions::default());
/// let call = breaker.try_begin()?;
/// match std::fs::read("Cargo.toml") {
///     Ok(_) => call.success(),
///     Err(_) => call.failure(),
/// }
/// # Ok::<(), osapi_metrics::instrumentation::circuit_breaker::BreakerOpen>(())
/// ```
#[derive(Debug)]
#[must_use = "a call that is dropped is recorded as cancelled"]
pub struct BreakerCall {
    breaker: CircuitBreaker,
    generation: u64,
    begun: Option<Instant>,
    outcome: CallOutcome,
}

impl BreakerCall {
    pub(super) fn begin(breaker: CircuitBreaker, generation: u64, is_timed: bool) -> Self {
        let begun = is_timed.then(Instant::now);
        Self { breaker, generation, begun, outcome: CallOutcome::Cancelled }
    }

    /// Ends the call: the dependency has answered.
    pub fn success(mut self) {
        self.outcome = CallOutcome::Succeeded;
    }

    /// Ends the call: the dependency has failed.
    pub fn failure(mut self) {
        self.outcome = CallOutcome::Failed;
    }
}

impl Drop for BreakerCall {
    fn drop(&mut self) {
        let duration = self.begun.map(|begun| begun.elapsed());
        self.breaker.end(self.generation, self.outcome, duration);
    }
}
