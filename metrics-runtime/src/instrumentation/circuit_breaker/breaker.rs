//! The circuit breaker.

use std::{borrow::Cow, sync::Arc};

use super::{
    BreakerCall, BreakerOpen, BreakerState, CallError, CircuitBreakerMetrics,
    CircuitBreakerOptions, CircuitBreakerRoles, metrics::BreakerLabels, observed::ObservedMachine,
};
use crate::roles::RecordRoles;

/// A circuit breaker, which stands before a dependency that can fail. Clones share its state.
///
/// The [module](super) explains the states and lists the metrics.
///
/// ```
/// use std::num::NonZeroU32;
///
/// use osapi_metrics::instrumentation::circuit_breaker::{
///     BreakerState, CircuitBreaker, CircuitBreakerOptions,
/// };
///
/// let options = CircuitBreakerOptions::default().with_failure_threshold(NonZeroU32::MIN);
/// let breaker = CircuitBreaker::new("search", options);
/// breaker.try_begin().unwrap().failure();
/// assert_eq!(breaker.state(), BreakerState::Open);
/// breaker.try_begin().unwrap_err();
/// ```
#[derive(Clone, Debug)]
pub struct CircuitBreaker {
    observed: Arc<ObservedMachine>,
}

impl CircuitBreaker {
    /// Makes a closed breaker and records its [`CircuitBreakerMetrics`] under this name.
    pub fn new(name: impl Into<Cow<'static, str>>, options: CircuitBreakerOptions) -> Self {
        let labels = BreakerLabels { breaker: name.into() };
        Self::new_in::<CircuitBreakerMetrics>(&labels, options)
    }

    /// Makes a closed breaker and records it in the set `S`, under the names of that set.
    pub fn new_in<S>(labels: &S::Labels, options: CircuitBreakerOptions) -> Self
    where
        S: RecordRoles<CircuitBreakerRoles>,
    {
        let observed = ObservedMachine::new(options, S::global().roles(labels));
        Self { observed: Arc::new(observed) }
    }

    /// Records the breaker, with all its clones, in the set `S` as well.
    ///
    /// ```
    /// use osapi_metrics::{
    ///     MetricSet, ObservableGauge,
    ///     instrumentation::circuit_breaker::{
    ///         CircuitBreaker, CircuitBreakerOptions, CircuitBreakerRoles,
    ///     },
    /// };
    ///
    /// /// The circuit breaker of a gateway.
    /// #[derive(MetricSet)]
    /// #[metric_set(roles(of = CircuitBreakerRoles))]
    /// struct Gateway {
    ///     /// State of the circuit breaker: 0 closed, 1 half-open, 2 open.
    ///     #[metric(on = state)]
    ///     gateway_breaker_state: ObservableGauge<(), u64>,
    /// }
    ///
    /// let breaker = CircuitBreaker::new("gateway", CircuitBreakerOptions::default())
    ///     .and_in::<Gateway>(&());
    /// # drop(breaker);
    /// ```
    #[must_use]
    pub fn and_in<S>(self, labels: &S::Labels) -> Self
    where
        S: RecordRoles<CircuitBreakerRoles>,
    {
        self.observed.record(S::global().roles(labels));
        self
    }

    /// The state now. An open breaker is half-open once it has been open for
    /// [`open_for`](CircuitBreakerOptions::open_for), before a call is let through.
    pub fn state(&self) -> BreakerState {
        self.observed.machine.state()
    }

    /// Begins a call, if the breaker lets it through.
    ///
    /// # Errors
    ///
    /// Fails if the breaker is open, or if it is half-open and as many calls are under way as it
    /// lets through at a time. The rejection is counted.
    pub fn try_begin(&self) -> Result<BreakerCall, BreakerOpen> {
        BreakerCall::begin(&self.observed)
    }

    /// Runs a future as a call, if the breaker lets it through. An `Err` of the future is a
    /// failure.
    ///
    /// The call begins when the returned future is polled first, and is cancelled when that future
    /// is dropped.
    ///
    /// # Errors
    ///
    /// [`CallError::Open`] if the breaker has rejected the call, [`CallError::Failed`] with the
    /// error of the future.
    pub async fn call<T, E>(
        &self,
        future: impl Future<Output = Result<T, E>>,
    ) -> Result<T, CallError<E>> {
        self.call_if(future, |_| true).await
    }

    /// Runs a future as a call, as [`call`](Self::call) does, and asks `is_failure` of each error
    /// whether the dependency has failed. If not, such as for a request with a mistake, the call is
    /// a success: the dependency has answered. The error is returned in either case.
    ///
    /// ```
    /// use osapi_metrics::instrumentation::circuit_breaker::{
    ///     BreakerState, CallError, CircuitBreaker, CircuitBreakerOptions,
    /// };
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let breaker = CircuitBreaker::new("users", CircuitBreakerOptions::default());
    /// for _ in 0..10 {
    ///     let not_found = async { Err::<(), _>(404) };
    ///     let called = breaker.call_if(not_found, |status| *status >= 500).await;
    ///     assert_eq!(called, Err(CallError::Failed(404)));
    /// }
    /// assert_eq!(breaker.state(), BreakerState::Closed);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`CallError::Open`] if the breaker has rejected the call, [`CallError::Failed`] with the
    /// error of the future.
    pub async fn call_if<T, E>(
        &self,
        future: impl Future<Output = Result<T, E>>,
        is_failure: impl FnOnce(&E) -> bool,
    ) -> Result<T, CallError<E>> {
        let call = self.try_begin()?;
        let result = future.await;
        match &result {
            Err(error) if is_failure(error) => call.failure(),
            Ok(_) | Err(_) => call.success(),
        }
        result.map_err(CallError::Failed)
    }
}
