//! When a circuit breaker opens and closes.

use std::{num::NonZeroU32, time::Duration};

/// When a circuit breaker opens and closes, and which calls are slow.
///
/// ```
/// use std::{num::NonZeroU32, time::Duration};
///
/// use osapi_metrics::instrumentation::circuit_breaker::CircuitBreakerOptions;
///
/// let options = CircuitBreakerOptions::default()
///     .with_failure_threshold(NonZeroU32::new(3).unwrap())
///     .with_open_for(Duration::from_secs(5));
/// assert_eq!(options.probes.get(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CircuitBreakerOptions {
    /// The number of failures in a row that opens a closed breaker. 5 by default.
    pub failure_threshold: NonZeroU32,
    /// How long an open breaker rejects all calls. 30 seconds by default. With 0 it is half-open at
    /// once, and with [`Duration::MAX`] it stays open.
    pub open_for: Duration,
    /// The number of calls that a half-open breaker lets through at a time. 1 by default.
    pub probes: NonZeroU32,
    /// The number of successes that closes a half-open breaker. 1 by default.
    pub success_threshold: NonZeroU32,
    /// The duration from which on a call is slow. Slow calls are counted; they do not open the
    /// breaker. 100 milliseconds by default. With 0 every call is slow, and with [`Duration::MAX`]
    /// none is.
    pub slow_call: Duration,
}

impl Default for CircuitBreakerOptions {
    fn default() -> Self {
        Self {
            failure_threshold: NonZeroU32::MIN.saturating_add(4),
            open_for: Duration::from_secs(30),
            probes: NonZeroU32::MIN,
            success_threshold: NonZeroU32::MIN,
            slow_call: Duration::from_millis(100),
        }
    }
}

impl CircuitBreakerOptions {
    /// Sets the number of failures in a row that opens a closed breaker.
    #[must_use]
    pub const fn with_failure_threshold(mut self, failures: NonZeroU32) -> Self {
        self.failure_threshold = failures;
        self
    }

    /// Sets how long an open breaker rejects all calls.
    #[must_use]
    pub const fn with_open_for(mut self, time: Duration) -> Self {
        self.open_for = time;
        self
    }

    /// Sets the number of calls that a half-open breaker lets through at a time.
    #[must_use]
    pub const fn with_probes(mut self, calls: NonZeroU32) -> Self {
        self.probes = calls;
        self
    }

    /// Sets the number of successes that closes a half-open breaker.
    #[must_use]
    pub const fn with_success_threshold(mut self, successes: NonZeroU32) -> Self {
        self.success_threshold = successes;
        self
    }

    /// Sets the duration from which on a call is slow.
    #[must_use]
    pub const fn with_slow_call(mut self, duration: Duration) -> Self {
        self.slow_call = duration;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{BreakerState, CircuitBreaker},
        *,
    };

    #[test]
    fn an_open_breaker_may_stay_open_for_any_time() {
        for (time, state) in
            [(Duration::ZERO, BreakerState::HalfOpen), (Duration::MAX, BreakerState::Open)]
        {
            let options = CircuitBreakerOptions::default()
                .with_failure_threshold(NonZeroU32::MIN)
                .with_probes(NonZeroU32::MAX)
                .with_open_for(time);
            let breaker = CircuitBreaker::new("any time", options);
            breaker.try_begin().unwrap().failure();
            assert_eq!(breaker.state(), state);
            assert_eq!(breaker.try_begin().is_ok(), state == BreakerState::HalfOpen);
        }
    }
}
