//! A call that a circuit breaker has let through.

use std::sync::Arc;

use tokio::time::Instant;

use super::{BreakerOpen, CallOutcome, observed::ObservedMachine};

/// A call that a circuit breaker has let through: the result of
/// [`CircuitBreaker::try_begin`](super::CircuitBreaker::try_begin).
///
/// A call that is dropped without [`success`](Self::success) or [`failure`](Self::failure) is
/// cancelled. Give calls a time limit: as long as a call of a half-open breaker has not ended, it
/// has one of the few places.
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
    observed: Arc<ObservedMachine>,
    generation: u64,
    begun: Option<Instant>,
    outcome: CallOutcome,
}

impl BreakerCall {
    pub(super) fn begin(observed: &Arc<ObservedMachine>) -> Result<Self, BreakerOpen> {
        let generation = observed.begin()?;
        let begun = observed.needs_duration().then(Instant::now);
        let observed = Arc::clone(observed);
        Ok(Self { observed, generation, begun, outcome: CallOutcome::Cancelled })
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
        self.observed.end(self.generation, self.outcome, duration);
    }
}
